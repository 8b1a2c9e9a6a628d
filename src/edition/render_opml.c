/* The feeds that a section is made of, for any other reader. Source: OPML 2.0. */
#include "core/opml.h"
#include "core/str.h"
#include "core/url.h"
#include "edition/render.h"

#include <string.h>

/* Digests may lie on a web server: what opens a feed stays out of them. */
static bool is_secret(const struct config *config, const char *url)
{
	const struct config_feed *feed = config_feed(config, url);
	struct url parts;

	url_split(url, strlen(url), &parts);
	return parts.userinfo.data ||
	       (feed && (feed->user || feed->password_file || feed->cookie_file ||
				feed->header_count > 0));
}

/* Its subscriptions, and those whose items rules or categories brought here. */
enum status render_feed_opml(FILE *to, const struct feed_source *source)
{
	static const char sql[] =
		"SELECT url, coalesce(fetch_url, url), coalesce(name, title) FROM feed"
		" WHERE state = 'active' AND (section_id = ?1 OR id IN (SELECT i.feed_id"
		" FROM edition_item p JOIN item i ON i.id = p.item_id"
		" WHERE p.edition_id >= ?2 AND p.section_id = ?1))"
		" ORDER BY coalesce(name, title, url) COLLATE NOCASE, url";
	struct opml list;
	struct buf text = {0};
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(source->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	opml_init(&list);
	sqlite3_bind_int64(s, 1, source->section->id);
	sqlite3_bind_int64(s, 2, source->editions[source->count - 1]->row.id);
	while ((status = store_step(source->store, s, &has_row)) == STATUS_OK && has_row) {
		const char *url = (const char *)sqlite3_column_text(s, 1);

		if (is_secret(source->config, (const char *)sqlite3_column_text(s, 0)) ||
			is_secret(source->config, url))
			continue;
		opml_add(&list, url, (const char *)sqlite3_column_text(s, 2),
			source->section->title);
	}
	sqlite3_reset(s);
	opml_text(&list, &text);
	opml_finish(&list);
	if (status == STATUS_OK)
		return render_write(to, &text);
	buf_finish(&text);
	return status;
}
