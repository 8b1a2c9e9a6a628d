/* An edition from the store to its files, and what may go wrong on the way. */
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/edition.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const formats[] = {"html", "markdown", "text", "json", "atom", "epub"};
static const struct config_section sections[] = {
	{.title = "Europe", .slug = "europe", .weight = 1, .print = PRINT_FULL},
	{.title = "Asia-Pacific", .slug = "asia-pacific", .weight = 1, .print = PRINT_EXCERPT},
};

static const char world[] =
	"INSERT INTO section (id, title, slug, position) VALUES"
	" (1, 'Europe', 'europe', 0), (2, 'Asia-Pacific', 'asia-pacific', 1);"
	"INSERT INTO feed (id, url, title, section_id) VALUES"
	" (1, 'https://courier.example/feed', 'Courier', 1),"
	" (2, 'https://ledger.example/feed', 'Ledger', 1);"
	"INSERT INTO item (id, url, title, feed_id, section_id, state, first_seen_at, published_at)"
	" VALUES (1, 'https://courier.example/1', 'Harbour law passes in parliament', 1, 1,"
	" 'ready', 1795300000, 1795300000),"
	" (2, 'https://ledger.example/2', 'Parliament passes harbour law', 2, 1, 'ready',"
	" 1795300100, 1795300100),"
	" (3, 'https://ledger.example/3', 'On lighthouses', 2, 1, 'ready', 1795300200,"
	" 1795300200);"
	"INSERT INTO article (item_id, html, text, words, quality, source, fetched_at)"
	" VALUES (1, '<p>The law passed.</p><p>At last.</p>', 'The law passed.', 5, 0.9, 'page', 1),"
	" (2, '<p>It passed.</p>', 'It passed.', 2, 0.8, 'page', 1),"
	" (3, '<p>A lighthouse is a promise.</p>', 'A lighthouse is a promise.', 5, 0.9, 'page', 1);"
	"INSERT INTO arrival (item_id, kind, at) VALUES (1, 0, 1795300010), (2, 0, 1795300110),"
	" (3, 0, 1795300210);";

struct press {
	char dir[32];
	char *digests;
	struct store *store;
	struct config config;
	struct edition_row row;
};

static void run(struct press *p, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(store_db(p->store), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
}

static enum status make(struct press *p, int64_t now)
{
	enum status status;

	edition_row_finish(&p->row);
	memset(&p->row, 0, sizeof(p->row));
	assert_int_equal(store_begin(p->store), STATUS_OK);
	status = edition_make(p->store, &p->config, 0, now, true, &p->row);
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		assert_int_equal(store_commit(p->store), STATUS_OK);
	else
		store_rollback(p->store);
	return status;
}

static int set_up(void **state)
{
	struct press *p = xcalloc(1, sizeof(*p));
	char *path;

	strcpy(p->dir, "/tmp/diurna-press-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	path = xasprintf("%s/store.db", p->dir);
	p->digests = xasprintf("%s/digests", p->dir);
	assert_int_equal(store_open(path, STORE_WRITE, &p->store, NULL), STATUS_OK);
	free(path);
	p->config.digest_dir = p->digests;
	p->config.timezone = "Europe/Paris";
	p->config.language = "en";
	p->config.name = "The Test";
	p->config.formats = formats;
	p->config.format_count = ARRAY_LEN(formats);
	p->config.sections = sections;
	p->config.section_count = ARRAY_LEN(sections);
	p->config.prints_empty = true;
	p->config.max_first = 100;
	p->config.max_age_s = INT32_MAX;
	run(p, world);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct press *p = *state;
	char *command = xasprintf("rm -rf '%s'", p->dir);

	store_close(p->store);
	edition_row_finish(&p->row);
	assert_int_equal(system(command), 0);
	free(command);
	free(p->digests);
	free(p);
	return 0;
}

static char *read_text(struct press *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->digests, name), *text = NULL;
	FILE *file = fopen(path, "re");
	struct stat info;

	if (!file)
		fail_msg("%s is missing", path);
	assert_int_equal(fstat(fileno(file), &info), 0);
	text = xcalloc(1, (size_t)info.st_size + 1);
	assert_int_equal(fread(text, 1, (size_t)info.st_size, file), info.st_size);
	fclose(file);
	free(path);
	return text;
}

static bool is_there(struct press *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->digests, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static void no_leftovers(struct press *p, const char *folder)
{
	char *path = xasprintf("%s/%s", p->digests, folder);
	DIR *dir = opendir(path);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		assert_false(str_ends(entry->d_name, ".new"));
	closedir(dir);
	free(path);
}

enum { MORNING = 1795325400 }; /* 2026-11-22T05:30:00Z */

struct seen {
	size_t told, done, total;
};

static void on_file(void *context, size_t done, size_t total)
{
	struct seen *seen = context;

	assert_int_equal(done, seen->told);
	assert_true(seen->told == 0 || total == seen->total);
	*seen = (struct seen){seen->told + 1, done, total};
}

/* Whoever waits knows from the first moment on how many files there will be. */
static void files_are_counted(void **state)
{
	struct seen seen = {0};
	const struct edition_watch watch = {.on_file = on_file, .context = &seen};
	struct press *p = *state;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_int_equal(
		edition_write(p->store, &p->config, p->row.id, true, &watch, NULL), STATUS_OK);
	assert_true(seen.total > 10);
	assert_int_equal(seen.done, seen.total);
}

static void an_edition_becomes_files(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.md",
		"2026-11-22/europe.txt", "2026-11-22/europe.json", "2026-11-22/europe.atom",
		"2026-11-22/asia-pacific.html", "2026-11-22/diurna-2026-11-22.epub",
		"2026-11-22/index.html", "index.html", "latest/index.html", "feeds/europe.atom",
		"feeds/europe.json", "feeds/europe.opml"};
	struct press *p = *state;
	char *why = NULL, *text, *link;
	char target[64] = {0};
	size_t i;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-22");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	if (why)
		print_message("%s\n", why);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		if (!is_there(p, files[i]))
			fail_msg("%s is missing", files[i]);
	}
	no_leftovers(p, "2026-11-22");
	no_leftovers(p, ".");
	link = xasprintf("%s/latest", p->digests);
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "2026-11-22");
	free(link);
	text = read_text(p, "2026-11-22/europe.html");
	assert_non_null(strstr(text, "A lighthouse is a promise."));
	assert_non_null(strstr(text, "Also reported by"));
	assert_non_null(strstr(text, "2 stories"));
	free(text);
	text = read_text(p, "index.html");
	assert_non_null(strstr(text, "href=\"2026-11-22/index.html\""));
	assert_non_null(strstr(text, "Courier"));
	free(text);
}

/* What changes later does not change what was printed. */
static void a_printed_edition_stays(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.md",
		"2026-11-22/europe.json", "2026-11-22/index.html"};
	struct press *p = *state;
	char *before[ARRAY_LEN(files)];
	int64_t first;
	size_t i;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	first = p->row.id;
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++)
		before[i] = read_text(p, files[i]);
	run(p, "INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
	       " item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 1;"
	       "UPDATE item SET title = 'Law fails', revision = 1 WHERE id = 1;"
	       "UPDATE article SET html = '<p>It failed after all.</p>' WHERE item_id = 1;"
	       "INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);");
	assert_int_equal(make(p, MORNING + 86400), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, first, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		char *after = read_text(p, files[i]);

		assert_string_equal(after, before[i]);
		free(after);
		free(before[i]);
	}
	before[0] = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(before[0], "Law fails"));
	assert_non_null(strstr(before[0], "../2026-11-22/europe.html"));
	free(before[0]);
	/* The older one, written last, is not the latest. */
	before[0] = read_text(p, "latest/europe.html");
	assert_non_null(strstr(before[0], "23 November"));
	free(before[0]);
}

/* Which version made it and which rules raised its items is kept as it was. */
static void an_edition_knows_how_it_was_made(void **state)
{
	static const struct config_rule rules[] = {
		{.name = "Law", .action = RULE_STAR}, {.name = "All", .action = RULE_KEEP}};
	static const char *const said[] = {
		"Raised by your rule \xE2\x80\x9CLaw\xE2\x80\x9D", "Made with diurna 0.0.1"};
	struct press *p = *state;
	char *text;
	size_t i;

	p->config.rules = rules;
	p->config.rule_count = ARRAY_LEN(rules);
	/* Item 3 was starred by a person: no rule did it. */
	run(p, "UPDATE item SET starred = 1, rule = 'Law, All' WHERE id = 1;"
	       "UPDATE item SET starred = 1, rule = 'All' WHERE id = 3;");
	assert_int_equal(make(p, MORNING), STATUS_OK);
	run(p, "UPDATE edition_note SET subject = '0.0.1' WHERE kind = 'made';"
	       "UPDATE item SET starred = 0, rule = 'All';");
	p->config.rule_count = 0;
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "2026-11-22/europe.html");
	for (i = 0; i < ARRAY_LEN(said); i++)
		assert_non_null(strstr(text, said[i]));
	assert_null(strstr(strstr(text, said[0]) + 1, "Raised by"));
	/* They are no notes of the foot. */
	assert_null(strstr(text, "About this edition"));
	assert_null(strstr(text, "was raised by"));
	free(text);
	text = read_text(p, "2026-11-22/europe.json");
	assert_non_null(strstr(text, "\"raised_by\": \"Law\""));
	free(text);
}

static void a_section_has_feeds_and_a_list_of_its_own(void **state)
{
	static const struct config_feed closed[] = {
		{.url = "https://ledger.example/feed", .user = "me", .weight = 1}};
	struct press *p = *state;
	char *text;

	p->config.feeds = closed;
	p->config.feed_count = ARRAY_LEN(closed);
	/* By a rule, a feed of another section is in this one, too; another one is not. */
	run(p, "INSERT INTO feed (id, url, fetch_url, title, section_id) VALUES"
	       " (3, 'https://old.example/f', 'https://new.example/f?a&b', 'New <b>', 2),"
	       " (4, 'https://me:secret@shut.example/f', NULL, 'Shut', 1),"
	       " (5, 'https://other.example/f', NULL, 'Other', 2);"
	       "INSERT INTO item (id, url, title, feed_id, section_id, state, first_seen_at)"
	       " VALUES (4, 'https://new.example/4', 'Filed here', 3, 1, 'ready', 1795300300);"
	       "INSERT INTO arrival (item_id, kind, at) VALUES (4, 0, 1795300310);");
	assert_int_equal(make(p, MORNING), STATUS_OK);
	run(p, "INSERT INTO revision (item_id, n, at, title, html, text) SELECT 3, 0, 1795400000,"
	       " item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 3;"
	       "UPDATE item SET title = 'On lights', revision = 1 WHERE id = 3;"
	       "INSERT INTO arrival (item_id, kind, at) VALUES (3, 1, 1795400000);");
	assert_int_equal(make(p, MORNING + 86400), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "feeds/europe.opml");
	assert_non_null(strstr(text, "text=\"Europe\""));
	assert_non_null(strstr(text, "text=\"Courier\" xmlUrl=\"https://courier.example/feed\""));
	assert_non_null(
		strstr(text, "text=\"New &lt;b&gt;\" xmlUrl=\"https://new.example/f?a&amp;b\""));
	assert_null(strstr(text, "ledger"));
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "other"));
	free(text);
	/* What changed is in the feed once, as it is now. */
	text = read_text(p, "feeds/europe.json");
	assert_non_null(strstr(text, "\"title\": \"On lights\""));
	assert_null(strstr(text, "\"title\": \"On lighthouses\""));
	assert_non_null(strstr(text, "Filed here"));
	free(text);
	text = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "href=\"../feeds/europe.json\""));
	assert_non_null(strstr(text, "href=\"../feeds/europe.opml\""));
	free(text);
}

static void a_failed_format_spoils_nothing_else(void **state)
{
	struct press *p = *state;
	char *path, *why = NULL;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_int_equal(mkdir(p->digests, 0755), 0);
	path = xasprintf("%s/2026-11-22", p->digests);
	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
	path = xasprintf("%s/2026-11-22/europe.md", p->digests); /* in the way of the rename */
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "europe.md"));
	free(why);
	assert_true(is_there(p, "2026-11-22/europe.html"));
	assert_true(is_there(p, "2026-11-22/europe.txt"));
	assert_true(is_there(p, "2026-11-22/index.html"));
	no_leftovers(p, "2026-11-22");
	assert_int_equal(rmdir(path), 0);
	free(path);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	if (why)
		print_message("%s\n", why);
}

/* The paper is out; what somebody put there stays, and is told. */
static void a_folder_in_the_way_of_a_link_is_told(void **state)
{
	static const char *const names[] = {
		"latest", "latest-europe", "index.html", "feeds/europe.atom"};
	struct press *p = *state;
	char *why = NULL, *path, *command;
	size_t i;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		command = xasprintf("mkdir -p '%s/%s/mine'", p->digests, names[i]);
		assert_int_equal(system(command), 0);
		free(command);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		path = xasprintf("%s/%s is a folder", p->digests, names[i]);
		if (!why || !strstr(why, path))
			fail_msg("%s is not told: %s", path, why ? why : "nothing is");
		free(path);
		path = xasprintf("%s/mine", names[i]);
		assert_true(is_there(p, path));
		free(path);
	}
	free(why);
	assert_true(is_there(p, "2026-11-22/index.html"));
	assert_true(is_there(p, "feeds/asia-pacific.atom"));
	assert_true(is_there(p, "latest-asia-pacific/index.html"));
	no_leftovers(p, ".");
	no_leftovers(p, "feeds");
	command = xasprintf("rm -r '%s/latest'", p->digests);
	assert_int_equal(system(command), 0);
	free(command);
	assert_int_equal(edition_rebuild(p->store, &p->config, p->row.id, &why), STATUS_OK);
	assert_null(strstr(why, "/latest is"));
	free(why);
	assert_true(is_there(p, "latest/index.html"));
}

static void no_room_for_digests(void **state)
{
	struct press *p = *state;
	char *why = NULL;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	p->config.digest_dir = "/proc/self/nothing";
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	assert_non_null(strstr(why, "/proc/self/nothing"));
	free(why);
}

/* As on a full disk: a file takes no more than so many bytes. */
static void allow_bytes(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What was there stays as it was, and the next try writes all of it. */
static void a_full_disk_leaves_the_old_files(void **state)
{
	static const char *const files[] = {"2026-11-22/europe.html", "2026-11-22/europe.json",
		"2026-11-22/index.html", "2026-11-22/diurna-2026-11-22.epub", "index.html",
		"feeds/europe.atom"};
	struct press *p = *state;
	char *before[ARRAY_LEN(files)], *why = NULL, *text;
	size_t i;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(files); i++)
		before[i] = read_text(p, files[i]);
	p->config.name = "Another Name"; /* every file would become another */
	allow_bytes(100);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, &why), STATUS_IO);
	allow_bytes(RLIM_INFINITY);
	assert_non_null(strstr(why, "File too large"));
	free(why);
	no_leftovers(p, "2026-11-22");
	no_leftovers(p, ".");
	for (i = 0; i < ARRAY_LEN(files); i++) {
		text = read_text(p, files[i]);
		assert_string_equal(text, before[i]);
		free(text);
		free(before[i]);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "2026-11-22/europe.html");
	assert_non_null(strstr(text, "Another Name"));
	free(text);
}

static void an_empty_day_is_printed_if_wanted(void **state)
{
	struct press *p = *state;
	char *text;

	assert_int_equal(make(p, MORNING), STATUS_OK);
	p->config.prints_empty = false;
	assert_int_equal(make(p, MORNING + 86400), STATUS_NOT_FOUND);
	p->config.prints_empty = true;
	assert_int_equal(make(p, MORNING + 86400), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-23");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "Nothing new arrived."));
	free(text);
}

static int64_t due_at(struct press *p, int64_t since, int64_t now)
{
	int64_t at;

	assert_int_equal(edition_due_at(p->store, &p->config, since, now, &at), STATUS_OK);
	return at;
}

/* Those that are due at that moment. */
static enum status make_due(struct press *p, int64_t now)
{
	enum status status;

	edition_row_finish(&p->row);
	assert_int_equal(store_begin(p->store), STATUS_OK);
	status = edition_make(p->store, &p->config, MORNING - 3600, now, false, &p->row);
	assert_int_equal(store_commit(p->store), STATUS_OK);
	return status;
}

static void arrive(struct press *p, int id, int section, int64_t at)
{
	char *sql = xasprintf("INSERT INTO item (id, url, title, feed_id, section_id, state,"
			      " first_seen_at, published_at) VALUES (%d, 'https://a.example/%d',"
			      " 'Story number %d', 1, %d, 'ready', %lld, %lld);"
			      "INSERT INTO arrival (item_id, kind, at) VALUES (%d, 0, %lld);",
		id, id, id, section, (long long)at, (long long)at, id, (long long)at);

	run(p, sql);
	free(sql);
}

static int count(struct press *p, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int n;

	assert_int_equal(sqlite3_prepare_v2(store_db(p->store), sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}

enum { DAY = 86400, EVENING = MORNING + 12 * 3600 };

/* Europe every morning, Asia-Pacific on Sunday and Wednesday evening. 22 November is a Sunday. */
static void sections_close_at_their_own_times(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {sections[0], sections[1]};
	struct press *p = *state;
	char *text;

	p->config.prints_empty = false;
	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0 | 1 << 3};
	p->config.sections = own;
	arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(due_at(p, MORNING - 3600, MORNING - 3600), MORNING);
	assert_int_equal(make_due(p, MORNING), STATUS_OK);
	assert_int_equal(p->row.item_count, 3); /* of Europe */
	assert_int_equal(due_at(p, 0, MORNING), EVENING);
	arrive(p, 12, 1, MORNING + 60);
	assert_int_equal(make_due(p, EVENING), STATUS_OK);
	assert_string_equal(p->row.name, "2026-11-22-2");
	assert_int_equal(p->row.item_count, 1);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_true(is_there(p, "2026-11-22-2/asia-pacific.html"));
	assert_false(is_there(p, "2026-11-22-2/europe.html"));
	/* The older one, written last as after a crash, is still the latest of its section. */
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id - 1, NULL), STATUS_OK);
	assert_true(is_there(p, "latest/asia-pacific.html"));
	assert_true(is_there(p, "latest-asia-pacific/asia-pacific.html"));
	assert_true(is_there(p, "latest-europe/europe.html"));
	assert_true(is_there(p, "feeds/europe.atom"));
	/* Its window began when all began, that of Europe's next when Europe closed. */
	text = read_text(p, "2026-11-22-2/asia-pacific.json");
	assert_non_null(strstr(text, "\"from\": \"2026-11-22T05:30:00Z\""));
	free(text);
	arrive(p, 13, 2, EVENING + 60);
	assert_int_equal(make_due(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	/* Filed elsewhere before it was printed: there, although that section was further. */
	arrive(p, 14, 2, MORNING + DAY + 60);
	assert_int_equal(make_due(p, MORNING + 2 * DAY), STATUS_NOT_FOUND);
	assert_int_equal(due_at(p, 0, MORNING + 2 * DAY), MORNING + 3 * DAY);
	run(p, "UPDATE item SET section_id = 1 WHERE id = 14");
	assert_int_equal(make_due(p, MORNING + 3 * DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	/* Nobody's time. */
	assert_int_equal(make_due(p, MORNING + 3 * DAY + 60), STATUS_NOT_FOUND);
	/* Missed for a fortnight: one edition with both. */
	arrive(p, 15, 1, MORNING + 4 * DAY);
	assert_int_equal(make_due(p, MORNING + 17 * DAY + 60), STATUS_OK);
	assert_int_equal(p->row.item_count, 2);
	assert_int_equal(count(p, "SELECT count(*) FROM edition_item"), 8);
	assert_int_equal(count(p, "SELECT count(*) FROM item"), 8);
	assert_int_equal(due_at(p, 0, MORNING + 17 * DAY + 60), EVENING + 17 * DAY);
}

/* A clock that was in another year holds nothing up; one that goes back an hour prints nothing
 * twice. */
static void clocks_jump(void **state)
{
	static const int morning[] = {390};
	struct press *p = *state;

	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	assert_int_equal(make(p, MORNING), STATUS_OK);
	assert_int_equal(due_at(p, 0, MORNING - 3600), MORNING + DAY);
	assert_int_equal(make_due(p, MORNING + 700 * DAY), STATUS_OK);
	assert_int_equal(due_at(p, 0, MORNING + 60), MORNING + DAY);
	arrive(p, 11, 1, MORNING + 3600);
	assert_int_equal(make_due(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(p->row.item_count, 1);
	assert_true(p->row.window_from <= p->row.window_to);
}

/* Foot and changes are in the words of the section. */
static void the_foot_speaks_the_language_of_its_section(void **state)
{
	struct config_section own[] = {sections[0], sections[1]};
	struct press *p = *state;
	char *text;

	own[0].language = "de";
	p->config.sections = own;
	assert_int_equal(make(p, MORNING), STATUS_OK);
	run(p, "INSERT INTO revision (item_id, n, at, title, html, text) SELECT 1, 0, 1795400000,"
	       " item.title, html, text FROM item JOIN article ON item_id = item.id WHERE item.id = 1;"
	       "UPDATE item SET title = 'Law <fails>', revision = 1 WHERE id = 1;"
	       "UPDATE article SET html = '<p>The law passed.</p><p>It failed after all.</p>'"
	       " WHERE item_id = 1;"
	       "INSERT INTO arrival (item_id, kind, at) VALUES (1, 1, 1795400000);"
	       "UPDATE feed SET failing_since = 1795200000, error = "
	       "'HTTP 404, it is not there' WHERE id = 2;"
	       "UPDATE feed SET last_new_at = 1765200000, subscribed_at = 1760000000, items = 9"
	       " WHERE id = 1");
	assert_int_equal(make(p, MORNING + DAY), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "2026-11-23/europe.html");
	assert_non_null(strstr(text, "Ledger ist seit dem 20. November nicht zu lesen: "
				     "HTTP 404, das gibt es dort nicht"));
	assert_non_null(
		strstr(text, "1 Feed brachte seit 60 Tagen oder l\xC3\xA4nger nichts: Courier"));
	assert_non_null(strstr(text, "berschrift bisher: Harbour law passes in parliament"));
	assert_non_null(strstr(text, "<ins>It failed after all.</ins>"));
	assert_non_null(strstr(text, "<del>At last.</del>"));
	assert_null(strstr(text, "<ins>The law passed."));
	free(text);
	text = read_text(p, "2026-11-23/europe.json");
	assert_non_null(strstr(text, "\"removed\""));
	free(text);
}

/* Days of years are folded, a feed's reason is in the words of the page, old dates have their year.
 */
/* Its feed reaches back less far than its last edition, and stays as that one has made it. */
static void a_rare_section_is_written_again(void **state)
{
	static const int morning[] = {390}, evening[] = {1110};
	struct config_section own[] = {sections[0], sections[1]};
	struct press *p = *state;
	char *before, *after;
	int64_t rare;
	int day;

	p->config.prints_empty = false;
	p->config.schedule = (struct schedule){morning, 1, 0x7F};
	own[1].schedule = (struct schedule){evening, 1, 1 << 0};
	p->config.sections = own;
	arrive(p, 11, 2, MORNING - 60);
	assert_int_equal(make_due(p, EVENING), STATUS_OK);
	rare = p->row.id;
	assert_int_equal(edition_publish(p->store, &p->config, rare, NULL), STATUS_OK);
	before = read_text(p, "feeds/asia-pacific.atom");
	for (day = 1; day <= 8; day++) {
		arrive(p, 20 + day, 1, EVENING + day * DAY - 80000);
		assert_int_equal(make_due(p, MORNING + day * DAY), STATUS_OK);
	}
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	assert_int_equal(edition_publish(p->store, &p->config, rare, NULL), STATUS_OK);
	after = read_text(p, "feeds/asia-pacific.atom");
	assert_string_equal(after, before);
	free(after);
	free(before);
}

static void the_archive_stays_short(void **state)
{
	struct press *p = *state;
	char *text;

	p->config.language = "de";
	assert_int_equal(make(p, MORNING), STATUS_OK);
	run(p, "INSERT INTO edition (id, name, local_date, from_seq, to_seq, window_from, window_to, item_count)"
	       " SELECT -n, date(1795305600 - n * 86400, 'unixepoch'), '', 0, 0, 0, 0, CASE n WHEN 9 THEN 9000 ELSE 40 END"
	       " FROM (WITH RECURSIVE days(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM days WHERE n < 100)"
	       " SELECT n FROM days);"
	       "UPDATE feed SET failing_since = 1700000000, error = 'robots.txt forbids it' WHERE id = 2");
	assert_int_equal(edition_publish(p->store, &p->config, p->row.id, NULL), STATUS_OK);
	text = read_text(p, "index.html");
	assert_non_null(strstr(text, "<h2>November 2026</h2>\n<ul"));
	assert_non_null(strstr(text, "<details><summary><h2>September 2026</h2></summary>\n<ul"));
	assert_null(strstr(text, "<details><summary><h2>Oktober 2026"));
	assert_non_null(strstr(text, "seit dem 14. November 2023: die robots.txt verbietet es"));
	/* one day of 9,000 does not make those of 40 pale */
	assert_non_null(strstr(
		text, "fill-opacity=\"1.00\"><title>Samstag, 21. November 2026: 40 Artikel"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			sections_close_at_their_own_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_edition_knows_how_it_was_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_section_has_feeds_and_a_list_of_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_rare_section_is_written_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clocks_jump, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_foot_speaks_the_language_of_its_section, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_archive_stays_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_edition_becomes_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_printed_edition_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_failed_format_spoils_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_folder_in_the_way_of_a_link_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_room_for_digests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_disk_leaves_the_old_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_empty_day_is_printed_if_wanted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
