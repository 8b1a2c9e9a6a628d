#include "core/clock.h"
#include "diurnad/hosts.h"
#include "store/feeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY_S = 24 * 3600, MANY = 5000 };

static struct host *get(struct hosts *hosts, const char *kind, int n, int64_t used_s_ago)
{
	char name[40];
	struct host *host;

	snprintf(name, sizeof(name), "%s%d.example", kind, n);
	host = hosts_get(hosts, name);
	host->last_ms = clock_monotonic_ms() - used_s_ago * 1000;
	return host;
}

/* A daemon that runs for months meets many hosts that want a pause, most of them once. */
static void forgets_hosts_that_wanted_a_pause_long_ago(void **state)
{
	struct hosts hosts = {0};
	struct host *host;
	int i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		host = get(&hosts, "old", i, 8 * DAY_S);
		host->strikes = 2;
		host->paused_until = clock_now() - 7 * DAY_S;
	}
	assert_in_range(hosts.count, 1, MANY / 10);
	hosts_finish(&hosts);
}

static void remembers_hosts_that_wanted_a_pause_lately(void **state)
{
	struct hosts hosts = {0};
	struct host *host;
	int i;

	(void)state;
	host = get(&hosts, "lately", 0, 2 * DAY_S);
	host->strikes = 2;
	host->paused_until = clock_now() - DAY_S;
	host = get(&hosts, "paused", 0, 20 * DAY_S);
	host->paused_until = clock_now() + DAY_S;
	for (i = 0; i < MANY; i++)
		get(&hosts, "other", i, DAY_S);
	assert_int_equal(hosts_get(&hosts, "lately0.example")->strikes, 2);
	assert_true(hosts_get(&hosts, "paused0.example")->paused_until > clock_now());
	hosts_finish(&hosts);
}

static void on_host(void *context, const struct host_row *row)
{
	strcat(context, row->name);
	strcat(context, " ");
}

/* So does a daemon that starts. */
static void reads_no_host_that_wanted_a_pause_long_ago(void **state)
{
	static const struct {
		const char *name;
		int64_t paused_for_s;
		int32_t strikes;
	} rows[] = {{"long", -8 * DAY_S, 2}, {"lately", -6 * DAY_S, 1}, {"over", -DAY_S, 0},
		{"paused", DAY_S, 0}};
	char folder[] = "hosts-XXXXXX", path[40], command[60], names[100] = "";
	struct store *store = NULL;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/store.db", folder);
	assert_int_equal(store_open(path, STORE_WRITE, &store, NULL), STATUS_OK);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[20];
		struct host_row row = {name, clock_now() + rows[i].paused_for_s, rows[i].strikes};

		snprintf(name, sizeof(name), "%s", rows[i].name);
		assert_int_equal(host_record(store, &row), STATUS_OK);
	}
	assert_int_equal(hosts_load(store, clock_now(), on_host, names), STATUS_OK);
	assert_non_null(strstr(names, "lately "));
	assert_non_null(strstr(names, "paused "));
	assert_int_equal(strlen(names), strlen("lately paused "));
	store_close(store);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgets_hosts_that_wanted_a_pause_long_ago),
		cmocka_unit_test(remembers_hosts_that_wanted_a_pause_lately),
		cmocka_unit_test(reads_no_host_that_wanted_a_pause_long_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
