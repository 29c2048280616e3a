/* A peer for tests and benchmarks: libqrencode behind two commands.
 *
 *   peer symbols     for each line of standard input
 *                        VERSION LEVEL COUNT (MODE TEXT)...
 *                    with LEVEL 0..3 for L M Q H, MODE B, A or N and TEXT in
 *                    hexadecimal, a line
 *                        VERSION ROW...
 *                    with ROW in hexadecimal, bit x being column x, or "error"
 *   peer encode N    encodes N stamps of version 3-M, with the full choice of
 *                    the mask
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <qrencode.h>

static QRencodeMode mode_of(char c)
{
	return c == 'N' ? QR_MODE_NUM : c == 'A' ? QR_MODE_AN : QR_MODE_8;
}

static int read_segment(QRinput *input)
{
	char mode, hex[2048];
	unsigned char text[1024];
	int n;

	if (scanf(" %c %2047s", &mode, hex) != 2)
		return -1;
	for (n = 0; hex[2 * n]; n++) {
		unsigned byte;
		if (sscanf(hex + 2 * n, "%2x", &byte) != 1)
			return -1;
		text[n] = (unsigned char)byte;
	}
	return QRinput_append(input, mode_of(mode), n, text);
}

static void print_symbol(const QRcode *code)
{
	int x, y;

	printf("%d", code->version);
	for (y = 0; y < code->width; y++) {
		uint64_t row = 0;
		for (x = 0; x < code->width; x++)
			row |= (uint64_t)(code->data[y * code->width + x] & 1) << x;
		printf(" %llx", (unsigned long long)row);
	}
	printf("\n");
}

static int symbols(void)
{
	int version, level, count;

	while (scanf("%d %d %d", &version, &level, &count) == 3) {
		QRinput *input = QRinput_new2(version, (QRecLevel)level);
		QRcode *code = NULL;
		int failed = input == NULL;
		while (count-- > 0 && !failed)
			failed = read_segment(input) != 0;
		if (!failed)
			code = QRcode_encodeInput(input);
		if (code)
			print_symbol(code);
		else
			printf("error\n");
		QRcode_free(code);
		QRinput_free(input);
	}
	return 0;
}

static int encode(long n)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char rest[] = "://TEM.EXAMPLE.VN/S/00000000000000000000";
	unsigned char *serial = rest + sizeof rest - 21;
	uint64_t state = 18004;

	while (n-- > 0) {
		int i;
		for (i = 0; i < 20; i++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			serial[i] = (unsigned char)digits[state >> 59];
		}
		QRinput *input = QRinput_new2(3, QR_ECLEVEL_M);
		if (!input || QRinput_append(input, QR_MODE_8, 5, (const unsigned char *)"https") ||
		    QRinput_append(input, QR_MODE_AN, sizeof rest - 1, rest))
			return 1;
		QRcode *code = QRcode_encodeInput(input);
		if (!code || code->version != 3)
			return 1;
		QRcode_free(code);
		QRinput_free(input);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "symbols"))
		return symbols();
	if (argc == 3 && !strcmp(argv[1], "encode"))
		return encode(atol(argv[2]));
	fprintf(stderr, "usage: %s symbols | encode N\n", argv[0]);
	return 2;
}
