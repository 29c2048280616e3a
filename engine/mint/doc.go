// Package mint makes the tags of a batch, stores them, and sums them up in one
// signed root. A first run and a resume are the same code, and so are minting
// alone and minting together with other nodes.
//
// # Order of writes
//
// A batch is minted in four steps, each durable before the next begins:
//
//  1. record: the caller writes the batch record in state minting. From then on
//     the ordinals are taken and the batch key is known, so every tag is fixed.
//  2. chunks: Run makes the tags and stores them, claim by claim.
//  3. root: Run of a claim on the whole batch hashes every chunk into the root of
//     an RFC 6962 tree.
//  4. sealed: the caller signs a Certificate and seals the batch with it.
//
// A crash after step 1 loses nothing that cannot be made again, because tags
// are a function of the record alone. A crash inside step 2 leaves some chunks
// stored; which ones does not matter. Step 4 comes last, so a sealed batch has
// all of its chunks, and a stamp is printed only from a sealed batch. Nothing
// but the record decides root and certificate (no time of day, no order in
// which chunks were stored), so a resumed batch ends exactly as an undisturbed
// one.
//
// # Claims
//
// Run works on the chunks of one claim. An embedded store gives the whole batch
// as one claim. A store that several nodes share gives each a part at a time,
// and the whole batch to one of them once every chunk is there: that Run finds
// all chunks stored, so it compares each with what the key makes, whoever stored
// it, and has the root.
//
// # A run of chunks
//
// A claim is cut into runs of consecutive chunks, each about Config.PutBytes
// of tags. A goroutine claims the next run and takes it all the way: it makes
// the tags and leaf hashes, reads the chunks of that run that are stored
// already and compares them, and puts the missing ones. A stored chunk that
// differs is never overwritten: something is wrong with the store or the key,
// and minting on would hide it. On a first run the read finds nothing and costs
// one look-up for each run.
//
// There are Config.Workers + Config.InFlight goroutines. At most Workers of
// them sign and at most InFlight of them put at any moment, so that tags are
// made while other tags are on their way to the disk, and neither side can run
// ahead of the other by more than the buffers allow.
//
// # Who owns what
//
//   - A goroutine owns one buffer of PutBytes for its whole life and reuses it
//     for every run it claims. Chunks given to Put point into that buffer; they
//     are valid until Put returns, and Put must not change or keep them.
//   - Chunks given by Each belong to the store and are only read, inside the
//     callback.
//   - The slice of leaf hashes is shared, but a goroutine writes only the
//     entries of the chunks it has claimed. The root is computed after all
//     goroutines have ended.
//
// Memory is thus (Workers + InFlight) x PutBytes, and 32 bytes for each chunk
// of the claim, however many stamps it has. Several batches can be minted at
// once; nothing is shared between two calls of Run.
//
// # Failure
//
// The first error ends the run: it cancels the context of all other goroutines,
// and Run returns it, its kind kept, after the last of them has ended. Chunks
// that were put stay; the next Run finds them.
package mint
