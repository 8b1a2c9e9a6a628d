#include "press.h"

#include "core/mem.h"
#include "core/str.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const formats[] = {"html", "markdown", "text", "json", "atom", "epub"};
const struct config_section press_sections[PRESS_SECTIONS] = {
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

void press_run(struct press *p, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(store_db(p->store), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
}

enum status press_make(struct press *p, int64_t now)
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

int press_set_up(void **state)
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
	p->config.sections = press_sections;
	p->config.section_count = ARRAY_LEN(press_sections);
	p->config.prints_empty = true;
	p->config.max_first = 100;
	p->config.max_age_s = INT32_MAX;
	press_run(p, world);
	*state = p;
	return 0;
}

int press_tear_down(void **state)
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

char *press_text(struct press *p, const char *name)
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

bool press_has(struct press *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->digests, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

void press_has_no_leftovers(struct press *p, const char *folder)
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

enum status press_make_due(struct press *p, int64_t now)
{
	enum status status;

	edition_row_finish(&p->row);
	assert_int_equal(store_begin(p->store), STATUS_OK);
	status = edition_make(p->store, &p->config, MORNING - 3600, now, false, &p->row);
	assert_int_equal(store_commit(p->store), STATUS_OK);
	return status;
}

void press_arrive(struct press *p, int id, int section, int64_t at)
{
	char *sql = xasprintf(
		"INSERT INTO item (id, url, title, feed_id, section_id, state, first_seen_at,"
		" published_at) VALUES (%d, 'https://a.example/%d', 'Story number %d', 1, %d,"
		" 'ready', %lld, %lld);"
		"INSERT INTO article (item_id, html, text, words, source, fetched_at) VALUES"
		" (%d, '<p>Text %d.</p>', 'Text %d.', 2, 'page', 1);"
		"INSERT INTO arrival (item_id, kind, at) VALUES (%d, 0, %lld);",
		id, id, id, section, (long long)at, (long long)at, id, id, id, id, (long long)at);

	press_run(p, sql);
	free(sql);
}

int press_count(struct press *p, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int n;

	assert_int_equal(sqlite3_prepare_v2(store_db(p->store), sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}
