#include "diurnad/hubsign.h"

#include "core/mem.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0"

static void tokens_of_paths(void **state)
{
	static const struct {
		const char *path;
		bool is_one;
	} cases[] = {
		{"/websub/" TOKEN, true},
		{"/diurna/behind/a/proxy/websub/" TOKEN, true},
		{"/websub/" TOKEN "/", false},
		{"/websub/" TOKEN "x", false},
		{"/websub/", false},
		{"/xwebsub/" TOKEN, false},
		{"websub/" TOKEN, false},
		{"/websub/../" TOKEN, false},
		{"/websub/bcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0", false},
		{"/websub/'bcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0", false},
		{"/websub/\xC3\xA9"
		 "cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0",
			false},
		{"", false},
		{"/", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const char *token = hubsign_token(cases[i].path);

		if ((token != NULL) != cases[i].is_one)
			fail_msg("%s", cases[i].path);
		if (token)
			assert_string_equal(token, TOKEN);
	}
}

/* By RFC 2202, case 2, and RFC 4231, case 2. */
static void signatures(void **state)
{
#define SHA256 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	static const struct {
		const char *header;
		bool is_right;
	} cases[] = {
		{"sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true},
		{"sha256=" SHA256, true},
		{"SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843", true},
		{"sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
		 "8e2240ca5e69e2c78b3239ecfab21649",
			true},
		{"sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		 "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
			true},
		{NULL, false},
		{"", false},
		{"sha256", false},
		{"sha256=", false},
		{"=" SHA256, false},
		{SHA256, false},
		{"sha256=" SHA256 "0", false},
		{"sha256= " SHA256, false},
		{"sha1=" SHA256, false},
		{"sha512=" SHA256, false},
		{"md5=750c783e6ab0b503eaa86e310a5db738", false},
		{"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3844", false},
		{"sha256=zbdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", false},
	};
	static const char body[] = "what do ya want for nothing?";
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		if (hubsign_is_right(cases[i].header, "Jefe", body, strlen(body)) !=
			cases[i].is_right)
			fail_msg("%s", cases[i].header ? cases[i].header : "no header");
	assert_false(hubsign_is_right("sha256=" SHA256, "Jefe", body, strlen(body) - 1));
	assert_false(hubsign_is_right("sha256=" SHA256, "jefe", body, strlen(body)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_of_paths),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
