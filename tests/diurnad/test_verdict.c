#include "diurnad/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As libcurl 7.88 with OpenSSL 3.0 and libcurl 8.14 with OpenSSL 3.5 have said it. */
static void openssl_is_told_in_words(void **state)
{
	static const struct {
		const char *said, *want;
	} cases[] = {
		{"error:0A00010B:SSL routines::wrong version number",
			"the server does not speak TLS there"},
		{"TLS connect error: error:0A00010B:SSL routines::wrong version number",
			"the server does not speak TLS there"},
		{"OpenSSL/3.0.15: error:0A000410:SSL routines::sslv3 alert handshake failure",
			"the server has no cipher or certificate for us"},
		{"TLS connect error: error:0A000126:SSL routines::unexpected eof while reading",
			"the server ended the connection within the handshake"},
		{"error:1408F10B:SSL routines:ssl3_get_record:wrong version number",
			"the server does not speak TLS there"},
		{"error:0A0C0103:SSL routines::internal error", "internal error"},
		{"SSL certificate problem: self-signed certificate",
			"SSL certificate problem: self-signed certificate"},
		{"Failed to connect to a.example port 443: error: none",
			"Failed to connect to a.example port 443: error: none"},
		{"error:0A00010B:", "error:0A00010B:"},
		{"", ""},
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, cases[i].said);
		assert_string_equal(verdict_plain(text), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(openssl_is_told_in_words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
