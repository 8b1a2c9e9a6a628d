#include "edition/elsewhere.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

enum { REFERENCES = 50 }; /* of a section */

/*
 * Stories that stand elsewhere since the section was printed last, by the item that stands for
 * them: an item of theirs was in a feed of the section when this edition closed.
 */
static enum status keep_of_section(
	struct store *store, const char *slug, const struct edition_row *row)
{
	static const char sql[] =
		"SELECT own.id, lead.item_id, coalesce(nullif(i.title, ''), i.url, ''), theirs.title"
		" FROM section own JOIN edition_section part ON part.edition_id = ?1"
		" AND part.section_id = own.id"
		" JOIN edition_item lead ON lead.section_id <> own.id AND lead.edition_id <= ?1"
		" AND lead.edition_id > coalesce((SELECT max(edition_id) FROM edition_section"
		" WHERE section_id = own.id AND edition_id < ?1), ?1 - 1)"
		" JOIN item i ON i.id = lead.item_id JOIN section theirs ON theirs.id = lead.section_id"
		" WHERE own.slug = ?2 AND NOT EXISTS (SELECT 1 FROM edition_item before WHERE"
		" before.edition_id = lead.edition_id AND before.section_id = lead.section_id AND"
		" before.story = lead.story AND before.position < lead.position) AND EXISTS"
		" (SELECT 1 FROM edition_item p JOIN sighting s ON s.item_id = p.item_id"
		" AND s.first_seen_at <= ?3 JOIN feed f ON f.id = s.feed_id AND f.section_id = own.id"
		" AND f.state = 'active' WHERE p.edition_id = lead.edition_id"
		" AND p.section_id = lead.section_id AND p.story = lead.story)"
		" ORDER BY theirs.position, theirs.id, lead.edition_id, lead.position LIMIT ?4";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, row->id);
	sqlite3_bind_text(s, 2, slug, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, row->window_to);
	sqlite3_bind_int(s, 4, REFERENCES);
	while (status == STATUS_OK && (status = store_step(store, s, &has_row)) == STATUS_OK &&
		has_row) {
		const char *title = (const char *)sqlite3_column_text(s, 2);
		char *text = xasprintf("%s is printed in the section %s", title,
			(const char *)sqlite3_column_text(s, 3));

		status = edition_fact_put(store, row->id, sqlite3_column_int64(s, 0), "elsewhere",
			title, sqlite3_column_int64(s, 1), text);
		free(text);
	}
	sqlite3_reset(s);
	return status;
}

enum status elsewhere_keep(
	struct store *store, const struct config *config, const struct edition_row *row)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < config->section_count; i++) {
		if (config->sections[i].sees_also)
			status = keep_of_section(store, config->sections[i].slug, row);
	}
	return status;
}

enum status elsewhere_load(
	struct store *store, struct edition *edition, struct edition_section *section)
{
	static const char sql[] =
		"SELECT n.number, n.subject, theirs.title, theirs.slug, e.id, e.name FROM edition_note n"
		" JOIN edition_item p ON p.item_id = n.number JOIN section theirs"
		" ON theirs.id = p.section_id JOIN edition e ON e.id = p.edition_id"
		" AND e.state = 'kept' WHERE n.edition_id = ?1 AND n.section_id = ?2"
		" AND n.kind = 'elsewhere' ORDER BY n.position";
	struct edition_reference *list;
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	list = arena_calloc(&edition->arena, REFERENCES, sizeof(*list));
	sqlite3_bind_int64(s, 1, edition->row.id);
	sqlite3_bind_int64(s, 2, section->id);
	while (section->reference_count < REFERENCES &&
		(status = store_step(store, s, &has_row)) == STATUS_OK && has_row) {
		list[section->reference_count++] = (struct edition_reference){
			.id = sqlite3_column_int64(s, 0),
			.title = arena_strdup(
				&edition->arena, (const char *)sqlite3_column_text(s, 1)),
			.section = arena_strdup(
				&edition->arena, (const char *)sqlite3_column_text(s, 2)),
			.slug = arena_strdup(
				&edition->arena, (const char *)sqlite3_column_text(s, 3)),
			.edition = sqlite3_column_int64(s, 4) == edition->row.id
					   ? NULL
					   : arena_strdup(&edition->arena,
						     (const char *)sqlite3_column_text(s, 5)),
		};
	}
	sqlite3_reset(s);
	section->references = list;
	return status;
}
