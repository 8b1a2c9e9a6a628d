/* What stands in the foot of an edition, and facts that are kept with it. */
#include "core/mem.h"
#include "core/str.h"
#include "edition/load.h"
#include "edition/render.h"

#include <stdlib.h>
#include <string.h>

/* Of notes that are facts, no sentences of the foot. */
#define FACT_KINDS "('made', 'raised', 'elsewhere')"

/* A note in the words of its section; those of older editions are English. */
static const char *note_text(struct loader *l, const struct words *words, sqlite3_stmt *s)
{
	static const struct {
		const char *kind;
		enum counted counted;
	} sentences[] = {{"backlog", COUNTED_BACKLOG}, {"dropped", COUNTED_DROPPED},
		{"unread", COUNTED_UNREAD}, {"walled", COUNTED_WALLED}, {"silent", COUNTED_SILENT}};
	const char *kind = (const char *)sqlite3_column_text(s, 1);
	const char *subject = (const char *)sqlite3_column_text(s, 2), *text;
	const char *detail = (const char *)sqlite3_column_text(s, 5);
	struct buf out = {0}, day = {0};
	size_t i;

	if (str_eq(kind, "failing") && subject) {
		words_day_of(words, l->edition->row.timezone, sqlite3_column_int64(s, 4),
			l->edition->date, &day);
		words_put_day(words, WORD_NOT_READ, subject, buf_text(&day), &out);
		words_reason(words, detail ? detail : "", &out);
	}
	if (str_eq(kind, "gap") && subject)
		words_put(words, WORD_GAP, subject, &out);
	if (str_eq(kind, "moved") && subject && detail) {
		put_host(detail, &day);
		words_put_day(words, WORD_MOVED, subject, buf_text(&day), &out);
	}
	for (i = 0; kind && i < ARRAY_LEN(sentences); i++) {
		if (!str_eq(kind, sentences[i].kind))
			continue;
		words_count(words, sentences[i].counted, sqlite3_column_int64(s, 3), &out);
		if (subject)
			buf_printf(&out, "%s%s%s", words_colon(words), subject,
				sqlite3_column_int64(s, 3) > 5 ? ", \xE2\x80\xA6" : "");
	}
	text = out.len > 0 ? arena_strdup(&l->edition->arena, out.data) : load_column(l, s, 0);
	buf_finish(&out);
	buf_finish(&day);
	return text;
}

void load_reasons(struct loader *l, const struct words *words, size_t from, size_t to)
{
	struct buf note = {0};

	for (; from < to; from++) {
		struct edition_item *item = &l->lines[from].item;

		if (str_is_empty(item->note))
			continue;
		buf_clear(&note);
		words_reason(words, item->note, &note);
		item->note = arena_strdup(&l->edition->arena, buf_text(&note));
	}
	buf_finish(&note);
}

enum status load_facts(struct loader *l)
{
	static const char sql[] =
		"SELECT kind, subject, number FROM edition_note WHERE edition_id IN " LOADED
		"AND kind IN " FACT_KINDS " ORDER BY number, edition_id";
	sqlite3_stmt *s = NULL;
	enum status status = load_statement(l, sql, &s);
	bool has_row = false;
	size_t i;

	if (status != STATUS_OK)
		return status;
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		if (str_eq((const char *)sqlite3_column_text(s, 0), "made")) {
			l->edition->version = load_column(l, s, 1);
			continue;
		}
		for (i = 0; i < l->count; i++) {
			if (l->lines[i].item.id == sqlite3_column_int64(s, 2))
				l->lines[i].item.raised_by = load_column(l, s, 1);
		}
	}
	sqlite3_reset(s);
	return status;
}

/* section_id 0: notes of all sections. */
static enum status read_notes(struct loader *l, int64_t section_id, const char *language,
	const char *const **notes, size_t *count)
{
	static const char sql[] = "SELECT text, kind, subject, number, at, detail FROM edition_note"
				  " WHERE edition_id = ?1 AND coalesce(section_id, 0) = ?2"
				  " AND coalesce(kind, '') NOT IN " FACT_KINDS " ORDER BY position";
	const struct words *words = words_find(language);
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	const char **list = NULL, **kept;
	size_t space = 0;
	bool has_row = false;

	*count = 0;
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	sqlite3_bind_int64(s, 2, section_id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		ARRAY_GROW(list, *count, space);
		list[(*count)++] = note_text(l, words, s);
	}
	sqlite3_reset(s);
	kept = arena_calloc(&l->edition->arena, *count + 1, sizeof(*kept));
	if (*count)
		memcpy(kept, list, *count * sizeof(*kept));
	*notes = kept;
	free(list);
	return status;
}

/* A section's notes in a language, with one more where the store has not all its texts any more. */
static enum status note_section(struct loader *l, struct edition_section *section,
	const char *language, const char *const **notes)
{
	struct buf text = {0};
	const char **more;
	enum status status = read_notes(l, section->id, language, notes, &section->note_count);

	if (status != STATUS_OK || section->gone_count == 0)
		return status;
	words_count(words_find(language), COUNTED_GONE, (int64_t)section->gone_count, &text);
	more = arena_calloc(&l->edition->arena, section->note_count + 1, sizeof(*more));
	if (section->note_count)
		memcpy(more, *notes, section->note_count * sizeof(*more));
	more[section->note_count++] = arena_strdup(&l->edition->arena, buf_text(&text));
	*notes = more;
	buf_finish(&text);
	return STATUS_OK;
}

enum status load_section_notes(struct loader *l, struct edition_section *section)
{
	enum status status = note_section(l, section, section->language, &section->notes);

	return status == STATUS_OK
		       ? note_section(l, section, l->config->language, &section->front_notes)
		       : status;
}

enum status load_notes(struct loader *l)
{
	struct edition *edition = l->edition;

	return read_notes(l, 0, edition->language, &edition->notes, &edition->note_count);
}
