#include "core/mem.h"
#include "diurnad/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct config nothing_allowed;

static bool allows(const struct guard *guard, const char *text)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	const char *why = NULL;
	bool is_good = false;

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		is_good = guard_allows(guard, (struct sockaddr *)&four, &why);
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		is_good = guard_allows(guard, (struct sockaddr *)&six, &why);
	else
		fail_msg("%s is no address", text);
	assert_true(is_good == !why);
	return is_good;
}

static void test_addresses(void **state)
{
	static const char *const open[] = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255",
		"172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"223.255.255.255", "2606:4700::1111", "2a00::1", "2001:4860::8888",
		"::ffff:1.1.1.1", "2002:0101:0101::1", "64:ff9b::1.1.1.1"};
	static const char *const closed[] = {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
		"100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
		"192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::1.1.1.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"::ffff:0:1.1.1.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
		"100::1", "2001::1", "2001:0:1:2:3:4:5:6", "2001:db8::1",
		"2002:7f00:1::", "2002:0a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fec0::1", "ff02::1"};
	struct guard *guard = guard_new(&nothing_allowed);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(open); i++)
		if (!allows(guard, open[i]))
			fail_msg("%s is closed", open[i]);
	for (i = 0; i < ARRAY_LEN(closed); i++)
		if (allows(guard, closed[i]))
			fail_msg("%s is open", closed[i]);
	guard_free(guard);
}

static void test_allowed_networks(void **state)
{
	static const char *const networks[] = {
		"127.0.0.0/8", "10.1.2.3", "fd00::/8", "[::1]", "nonsense", "10.0.0.0/33"};
	const struct config config = {.allow = networks, .allow_count = ARRAY_LEN(networks)};
	struct guard *guard = guard_new(&config);

	(void)state;
	assert_true(allows(guard, "127.1.2.3"));
	assert_true(allows(guard, "::ffff:127.0.0.1"));
	assert_true(allows(guard, "64:ff9b::127.0.0.1"));
	assert_true(allows(guard, "10.1.2.3"));
	assert_false(allows(guard, "10.1.2.4"));
	assert_true(allows(guard, "fd12::1"));
	assert_false(allows(guard, "fc00::1"));
	assert_true(allows(guard, "::1"));
	assert_false(allows(guard, "::2"));
	guard_free(guard);
}

static void test_host_names(void **state)
{
	static const char *const closed[] = {"127.0.0.1", "127.0.0.1.", "2130706433", "0x7f000001",
		"0x7f.1", "0177.0.0.1", "017700000001", "127.1", "10.1", "0", "169.254.169.254",
		"0xa9fea9fe", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1", "fe80::1%1",
		"localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain"};
	static const char *const open[] = {"example.org", "1.1.1.1", "2606:4700::1111",
		"localhost.example.org", "mylocalhost", "127.0.0.1.example.org", "a"};
	struct guard *guard = guard_new(&nothing_allowed);
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(closed); i++) {
		why = NULL;
		if (guard_allows_host(guard, closed[i], &why))
			fail_msg("%s is open", closed[i]);
		assert_non_null(why);
	}
	for (i = 0; i < ARRAY_LEN(open); i++)
		if (!guard_allows_host(guard, open[i], &why))
			fail_msg("%s is closed", open[i]);
	guard_free(guard);
}

static void test_other_families(void **state)
{
	struct guard *guard = guard_new(&nothing_allowed);
	struct sockaddr address = {.sa_family = AF_UNIX};
	const char *why = NULL;

	(void)state;
	assert_false(guard_allows(guard, &address, &why));
	assert_non_null(why);
	guard_free(guard);
	guard_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_allowed_networks),
		cmocka_unit_test(test_host_names),
		cmocka_unit_test(test_other_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
