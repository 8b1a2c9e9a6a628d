/*
 * A section's digest as plain text of 72 columns, in the form of a mail digest: contents, messages
 * with fields, separators, an end. Source: RFC 1153.
 */
#include "core/markup.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/mime.h"
#include "edition/render.h"

#include <string.h>

enum { COLUMNS = 72, PREAMBLE_RULE = 70, MESSAGE_RULE = 30 };

/* What is written, and how wide it may be. */
struct page {
	struct buf text;
	size_t columns;
};

static void put_rule(size_t length, char c, struct page *to)
{
	if (length > to->columns && to->columns < COLUMNS)
		length = to->columns;
	while (length-- > 0)
		buf_putc(&to->text, c);
	buf_putc(&to->text, '\n');
}

static size_t width_of(const char *text, size_t len)
{
	size_t columns = 0, i = 0, size;

	for (; i < len; i += size)
		columns += (size_t)utf8_width(utf8_decode(text + i, len - i, &size));
	return columns;
}

/* Where the line that begins at text has to end, for so many columns; *next: the one after. */
static size_t line_end(const char *text, size_t columns, const char **next)
{
	size_t len = strlen(text), i = 0, used = 0, end = 0, size;

	for (; i < len; i += size) {
		unsigned c = utf8_decode(text + i, len - i, &size);

		used += (size_t)utf8_width(c);
		if (c == ' ' && i > 0)
			end = i;
		if (used > columns && end > 0)
			break;
		if (utf8_is_unspaced(c) && used <= columns)
			end = i + size;
	}
	if (i >= len)
		end = len;
	for (*next = text + end; **next == ' '; (*next)++)
		continue;
	return end;
}

/* One paragraph; lines after the first are indented. A word longer than a line stays whole. */
static void put_wrapped(const char *first, size_t indent, const char *text, struct page *to)
{
	size_t used = width_of(first, strlen(first)), end;
	const char *next;

	buf_puts(&to->text, first);
	while (*text) {
		end = line_end(text, used < to->columns ? to->columns - used : 1, &next);
		buf_put(&to->text, text, end);
		text = next;
		if (*text)
			buf_printf(&to->text, "\n%*s", (int)indent, "");
		used = indent;
	}
	buf_putc(&to->text, '\n');
}

/* Without the white space at its end: programs join such lines with the next. RFC 3676, 4.1. */
static size_t line_length(const char *line, size_t len)
{
	for (;;) {
		if (len > 0 && str_is_space(line[len - 1]))
			len--;
		else if (len > 1 && strncmp(line + len - 2, "\xC2\xA0", 2) == 0)
			len -= 2;
		else if (len > 2 && strncmp(line + len - 3, "\xE2\x80\xAF", 3) == 0)
			len -= 3;
		else
			return len;
	}
}

/*
 * Text lines; one that looks like a separator is moved by a space, as 1153 asks. A paragraph of
 * nothing but hard spaces is no paragraph.
 */
static void put_lines(const char *text, struct page *to)
{
	static const char rule[] = "------------------------------";
	bool is_after_none = false;
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		size_t kept;
		bool is_none;

		len = strcspn(text, "\n");
		kept = line_length(text, len);
		is_none = kept == 0 && (is_after_none || strspn(text, " \t") < len);
		is_after_none = is_none && len > 0;
		if (is_none)
			continue;
		if (strncmp(text, rule, MESSAGE_RULE) == 0)
			buf_putc(&to->text, ' ');
		buf_put(&to->text, text, kept);
		buf_putc(&to->text, '\n');
	}
}

static void put_head(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct page *to)
{
	struct buf line = {0};
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	buf_printf(&line, "%s: %s", edition->name, section->title);
	put_wrapped("", 0, buf_text(&line), to);
	buf_clear(&line);
	words_iso_date(words, edition->date, &line);
	buf_puts(&line, " \xC2\xB7 ");
	words_put(words, WORD_EDITION, number, &line);
	put_wrapped("", 0, buf_text(&line), to);
	buf_clear(&line);
	put_totals(words, section, " \xC2\xB7 ", &line);
	put_wrapped("", 0, buf_text(&line), to);
	buf_clear(&line);
	put_window(words, edition, section->window_from, &line);
	put_wrapped("", 0, buf_text(&line), to);
	if (edition->version) {
		buf_clear(&line);
		words_put(words, WORD_MADE, edition->version, &line);
		put_wrapped("", 0, buf_text(&line), to);
	}
	buf_putc(&to->text, '\n');
	buf_finish(&line);
}

static void put_contents(
	const struct words *words, const struct edition_section *section, struct page *to)
{
	struct buf line = {0};
	size_t i;

	words_label(words, words_get(words, WORD_CONTENTS), &to->text);
	buf_puts(&to->text, "\n\n");
	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];
		char number[24];

		buf_clear(&line);
		put_title(item, &line);
		buf_printf(&line, " (%s)", item->source);
		snprintf(number, sizeof(number), "%4zu. ", i + 1);
		put_wrapped(number, 6, buf_text(&line), to);
	}
	buf_putc(&to->text, '\n');
	buf_finish(&line);
}

static void put_field(const char *name, const char *value, struct page *to)
{
	if (!str_is_empty(value))
		put_wrapped(name, 4, value, to);
}

static void put_fields(const struct words *words, const struct edition_item *item, struct page *to)
{
	struct buf value = {0};

	buf_puts(&to->text, "Date: ");
	mime_date(item_time(item), &to->text);
	buf_putc(&to->text, '\n');
	buf_puts(&value, item->source);
	if (!str_is_empty(item->byline))
		buf_printf(&value, " (%s)", item->byline);
	put_field("From: ", buf_text(&value), to);
	buf_clear(&value);
	put_title(item, &value);
	put_field("Subject: ", buf_text(&value), to);
	buf_clear(&value);
	put_tags(item, &value);
	put_field("Keywords: ", buf_text(&value), to);
	put_field("URL: ", item->url, to);
	buf_clear(&value);
	words_count(words, COUNTED_MINUTES, item->minutes, &value);
	put_field("Length: ", buf_text(&value), to);
	if (!str_is_empty(item->language) && !str_istarts(item->language, words_tag(words)))
		put_field("Language: ", item->language, to);
	buf_putc(&to->text, '\n');
	buf_finish(&value);
}

static void put_changed(const struct words *words, const char *heading, const char *const *texts,
	size_t count, struct page *to)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i == 0) {
			words_label(words, heading, &to->text);
			buf_putc(&to->text, '\n');
		}
		put_wrapped("  | ", 4, texts[i], to);
		if (i + 1 == count)
			buf_putc(&to->text, '\n');
	}
}

static void put_changes(
	const struct words *words, const struct edition_changes *changes, struct page *to)
{
	struct buf text = {0};

	if (!changes)
		return;
	if (changes->title_before) {
		words_put(words, WORD_TITLE_BEFORE, changes->title_before, &text);
		put_wrapped("", 4, buf_text(&text), to);
		buf_putc(&to->text, '\n');
	}
	put_changed(words, words_get(words, WORD_ADDED), changes->added, changes->added_count, to);
	put_changed(words, words_get(words, WORD_REMOVED), changes->removed, changes->removed_count,
		to);
	buf_finish(&text);
}

static void put_text(
	const struct edition_section *section, const struct edition_item *item, struct page *to)
{
	struct page page = {.columns = to->columns};
	struct buf *text = &page.text;

	if (section->print == PRINT_TITLE)
		return;
	if (section->print == PRINT_FULL && !str_is_empty(item->html))
		markup_to_text(item->html, to->columns, &page.text);
	else if (!str_is_empty(item->excerpt))
		put_wrapped("", 0, item->excerpt, &page);
	while (text->len > 0 && str_is_space(text->data[text->len - 1]))
		buf_truncate(text, text->len - 1);
	if (text->len > 0) {
		put_lines(buf_text(text), to);
		buf_putc(&to->text, '\n');
	}
	buf_finish(text);
}

static void put_remark(const char *text, struct page *to)
{
	struct buf line = {0};

	if (str_is_empty(text))
		return;
	buf_printf(&line, "[%s]", text);
	put_wrapped("", 0, buf_text(&line), to);
	buf_putc(&to->text, '\n');
	buf_finish(&line);
}

static void put_after(const struct words *words, const struct edition_story *story, struct page *to)
{
	const struct edition_item *item = &story->items[0];
	struct buf line = {0}, text = {0};
	const char *title;
	size_t i;

	put_remark(item->note, to);
	if (item->raised_by) {
		words_put(words, WORD_RAISED, item->raised_by, &line);
		put_remark(buf_text(&line), to);
	}
	for (i = 0; i < item->enclosure_count; i++) {
		buf_clear(&line);
		buf_printf(&line, "%s%s%s", words_get(words, WORD_ATTACHED), words_colon(words),
			item->enclosures[i].url);
		put_wrapped("", 4, buf_text(&line), to);
		if (i + 1 == item->enclosure_count)
			buf_putc(&to->text, '\n');
	}
	for (i = also_next(story, 0); i > 0; i = also_next(story, i)) {
		if (i == 1) {
			words_label(words, words_get(words, WORD_ALSO), &to->text);
			buf_putc(&to->text, '\n');
		}
		buf_clear(&line);
		title = also_title(story, i, &text);
		if (also_names_source(story, i))
			buf_printf(&line, "%s%s", story->items[i].source, title ? ", " : "");
		buf_puts(&line, title ? title : "");
		put_wrapped("  * ", 4, buf_text(&line), to);
		if (!str_is_empty(story->items[i].url))
			buf_printf(&to->text, "    %s\n", story->items[i].url);
		if (!also_next(story, i))
			buf_putc(&to->text, '\n');
	}
	buf_finish(&line);
	buf_finish(&text);
}

static void put_references(
	const struct words *words, const struct edition_section *section, struct page *to)
{
	struct buf line = {0};
	size_t i;

	for (i = 0; i < section->reference_count; i++) {
		buf_clear(&line);
		put_elsewhere(words, &section->references[i], &line);
		buf_puts(&line, section->references[i].title);
		put_wrapped("  * ", 4, buf_text(&line), to);
	}
	if (section->reference_count > 0)
		buf_putc(&to->text, '\n');
	buf_finish(&line);
}

static void put_foot(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct page *to)
{
	struct buf line = {0};
	size_t i;

	buf_printf(&to->text, "%s\n\n", words_get(words, WORD_END));
	for (i = 0; i < section->note_count + edition->note_count; i++)
		put_wrapped("  * ", 4,
			i < section->note_count ? section->notes[i]
						: edition->notes[i - section->note_count],
			to);
	if (section->note_count + edition->note_count > 0)
		buf_putc(&to->text, '\n');
	buf_printf(&line, "End of %s Digest, %s", section->title, edition->row.name);
	if (to->columns < COLUMNS)
		put_wrapped("", 0, buf_text(&line), to);
	else
		buf_printf(&to->text, "%s\n", buf_text(&line));
	put_rule(width_of(buf_text(&line), line.len), '*', to);
	buf_finish(&line);
}

enum status render_text(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	const struct words *words = words_find(section->language);
	struct page out = {.columns = edition->text_columns ? edition->text_columns : COLUMNS};
	size_t i;

	put_head(words, edition, section, &out);
	if (section->story_count > 0)
		put_contents(words, section, &out);
	else
		buf_printf(&out.text, "%s\n\n", words_get(words, WORD_EMPTY));
	put_rule(PREAMBLE_RULE, '-', &out);
	buf_putc(&out.text, '\n');
	for (i = 0; i < section->story_count; i++) {
		const char *heading = group_heading(words, section, i);

		if (heading)
			buf_printf(&out.text, "[%s]\n\n", heading);
		put_fields(words, &section->stories[i].items[0], &out);
		if (section->print != PRINT_TITLE)
			put_changes(words, section->stories[i].items[0].changes, &out);
		put_text(section, &section->stories[i].items[0], &out);
		put_after(words, &section->stories[i], &out);
		put_rule(MESSAGE_RULE, '-', &out);
		buf_putc(&out.text, '\n');
	}
	put_references(words, section, &out);
	put_foot(words, edition, section, &out);
	return render_write_plain(to, &out.text);
}
