package engine

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"mintmark/engine/store/pgstore"
	"mintmark/engine/store/pgstore/pgtest"
)

// server returns the PostgreSQL server of this process; the first call starts
// it.
var server = sync.OnceValues(func() (*pgtest.Server, error) { return pgtest.Start(pgtest.Config{}) })

func TestMain(m *testing.M) {
	code := m.Run()
	if pgtest.Find() == nil {
		if s, err := server(); err == nil {
			if err := s.Close(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}
	os.Exit(code)
}

// newDatabase returns the DSN of a new store of a few lanes. It is gone when the
// test ends.
func newDatabase(t testing.TB) string {
	t.Helper()
	pgtest.Need(t)
	s, err := server()
	noError(t, err)
	dsn, err := s.NewDatabase(context.Background())
	noError(t, err)
	t.Cleanup(func() { noError(t, s.Drop(context.Background(), dsn)) })
	noError(t, pgstore.Migrate(context.Background(), dsn, 3, func(int, string) {}))
	return dsn
}

// TestOverPostgres runs tests that were written for the embedded store again,
// over a database.
func TestOverPostgres(t *testing.T) {
	pgtest.Need(t)
	newDSN = newDatabase
	t.Cleanup(func() { newDSN = func(testing.TB) string { return "" } })
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"LifeOfAStamp", TestLifeOfAStamp},
		{"SuspiciousAfterManySessions", TestSuspiciousAfterManySessions},
		{"LeakWindow", TestLeakWindow},
		{"Expiry", TestExpiry},
		{"ClockSetBack", TestClockSetBack},
		{"Mismatch", TestMismatch},
		{"PublicSignature", TestPublicSignature},
		{"ForgedCodes", TestForgedCodes},
		{"Tokens", TestTokens},
		{"RevokeToken", TestRevokeToken},
		{"BadTokens", TestBadTokens},
		{"TokensNeverGoBack", TestTokensNeverGoBack},
		{"BadMintRequests", TestBadMintRequests},
		{"BadChanges", TestBadChanges},
		{"Idempotency", TestIdempotency},
		{"BuyerReportsAreARing", TestBuyerReportsAreARing},
		{"BuyerReportsOfADay", TestBuyerReportsOfADay},
		{"Export", TestExport},
		{"ExportOutlivesChangesAndRestarts", TestExportOutlivesChangesAndRestarts},
		{"ExportOfDamage", TestExportOfDamage},
		{"ExportFiles", TestExportFiles},
		{"SameExport", TestSameExport},
		{"Releases", TestReleases},
		{"EPCIS", TestEPCIS},
		{"EPCISStandsStill", TestEPCISStandsStill},
		{"SavedLayouts", TestSavedLayouts},
		{"ManyLayouts", TestManyLayouts},
		{"FsckFindsDamage", TestFsckFindsDamage},
		{"Retention", TestRetention},
		{"CommittedButNotCounted", TestCommittedButNotCounted},
		{"CommittedButOutOfReach", TestCommittedButOutOfReach},
		{"NothingIsAnsweredOutOfReach", TestNothingIsAnsweredOutOfReach},
		{"MintingWaitsForTheStore", TestMintingWaitsForTheStore},
		{"SealedButOutOfReach", TestSealedButOutOfReach},
		{"HeldClaim", TestHeldClaim},
		{"ChangesBesideScans", TestChangesBesideScans},
		{"AnswerIsOfOneSnapshot", TestAnswerIsOfOneSnapshot},
		{"QueueOfBatches", TestQueueOfBatches},
		{"EditRegistry", TestEditRegistry},
		{"Pictures", TestPictures},
		{"LargestEdit", TestLargestEdit},
		{"EditAtTheSameTime", TestEditAtTheSameTime},
		{"ReportOfStamps", TestReportOfStamps},
		{"ReportOfProvince", TestReportOfProvince},
		{"ReportOfThen", TestReportOfThen},
		{"EditCutOff", TestEditCutOff},
		{"StoreTimeIsTheOnlyClock", TestStoreTimeIsTheOnlyClock},
	} {
		t.Run(c.name, c.test)
	}
}
