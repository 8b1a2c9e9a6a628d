/* A section's digest as Markdown. Source: CommonMark 0.31. */
#include "core/markup.h"
#include "core/str.h"
#include "edition/body.h"
#include "edition/render.h"

#include <string.h>

/* Text in a line, so that it means itself. */
static void put_plain(const char *text, struct buf *to)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]<>#|~", *text))
			buf_putc(to, '\\');
		if (*text == '&')
			buf_puts(to, "&amp;");
		else
			buf_putc(to, *text == '\n' ? ' ' : *text);
	}
}

/* A destination in angle brackets may hold anything but these. */
static void put_target(const char *url, struct buf *to)
{
	buf_puts(to, "](<");
	for (; *url; url++) {
		if (*url == '<' || *url == '>' || *url == '\\' || *url == '\n')
			buf_printf(to, "%%%02X", (unsigned char)*url);
		else if (*url == '&')
			buf_puts(to, "&amp;");
		else
			buf_putc(to, *url);
	}
	buf_puts(to, ">)");
}

static void put_md_link(const char *text, const char *url, struct buf *to)
{
	if (str_is_empty(url)) {
		put_plain(text, to);
		return;
	}
	buf_putc(to, '[');
	put_plain(text, to);
	put_target(url, to);
}

static void put_item_title(const struct edition_item *item, const char *url, struct buf *to)
{
	struct buf title = {0};

	put_title(item, &title);
	put_md_link(buf_text(&title), url, to);
	buf_finish(&title);
}

static void put_head(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct buf *to)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	buf_puts(to, "# ");
	put_plain(section->title, to);
	buf_puts(to, "\n\n**");
	put_plain(edition->name, to);
	buf_puts(to, "** \xC2\xB7 ");
	words_iso_date(words, edition->date, to);
	buf_puts(to, " \xC2\xB7 ");
	words_put(words, WORD_EDITION, number, to);
	buf_puts(to, "  \n");
	put_totals(words, section, " \xC2\xB7 ", to);
	buf_puts(to, "  \n");
	put_imprint(words, edition, section->window_from, " \xC2\xB7 ", to);
	buf_puts(to, "\n\n");
}

static void put_contents(
	const struct words *words, const struct edition_section *section, struct buf *to)
{
	size_t i;

	buf_printf(to, "## %s\n\n", words_get(words, WORD_CONTENTS));
	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];
		char anchor[32];

		snprintf(anchor, sizeof(anchor), "#a-%lld", (long long)item->id);
		buf_printf(to, "%zu. ", i + 1);
		put_item_title(item, anchor, to);
		buf_puts(to, " \xE2\x80\x94 ");
		put_plain(item->source, to);
		buf_putc(to, '\n');
	}
	buf_putc(to, '\n');
}

static void put_facts(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to)
{
	struct buf by = {0};

	buf_puts(to, "**");
	put_plain(item->source, to);
	buf_puts(to, "** \xC2\xB7 ");
	put_when(words, edition, item, to);
	buf_puts(to, " \xC2\xB7 ");
	words_count(words, COUNTED_MINUTES, item->minutes, to);
	if (!str_is_empty(item->byline)) {
		words_put(words, WORD_BY, item->byline, &by);
		buf_puts(to, " \xC2\xB7 ");
		put_plain(buf_text(&by), to);
	}
	buf_puts(to, "\n\n");
	buf_finish(&by);
}

static void put_changed(const struct words *words, const char *heading, const char *const *texts,
	size_t count, struct buf *to)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i == 0) {
			buf_putc(to, '*');
			words_label(words, heading, to);
			buf_puts(to, "*\n\n");
		}
		buf_puts(to, "> ");
		put_plain(texts[i], to);
		buf_puts(to, i + 1 == count ? "\n\n" : "\n>\n");
	}
}

static void put_changes(
	const struct words *words, const struct edition_changes *changes, struct buf *to)
{
	struct buf text = {0};

	if (!changes)
		return;
	if (changes->title_before) {
		words_put(words, WORD_TITLE_BEFORE, changes->title_before, &text);
		put_plain(buf_text(&text), to);
		buf_puts(to, "\n\n");
	}
	put_changed(words, words_get(words, WORD_ADDED), changes->added, changes->added_count, to);
	put_changed(words, words_get(words, WORD_REMOVED), changes->removed, changes->removed_count,
		to);
	buf_finish(&text);
}

/* Plain text as a block: it is no list, whatever it begins with. */
static void put_block(const char *text, struct buf *to)
{
	struct buf html = {0};

	buf_put_escaped(&html, text);
	markup_to_markdown(buf_text(&html), to);
	buf_finish(&html);
}

static void put_text(const struct edition *edition, const struct edition_section *section,
	const struct edition_item *item, struct buf *to)
{
	struct buf html = {0};

	if (section->print == PRINT_FULL && !str_is_empty(item->html)) {
		body_put(edition, item->html, 2, &html);
		markup_to_markdown(buf_text(&html), to);
		buf_finish(&html);
	} else if (section->print != PRINT_TITLE && !str_is_empty(item->excerpt)) {
		put_block(item->excerpt, to);
	} else {
		return;
	}
	while (to->len > 0 && to->data[to->len - 1] == '\n')
		buf_truncate(to, to->len - 1);
	buf_puts(to, "\n\n");
}

static void put_filing(const struct words *words, const struct edition_item *item, struct buf *to)
{
	struct buf text = {0};

	put_tags(item, &text);
	if (text.len > 0) {
		buf_printf(to, "%s%s", words_get(words, WORD_TAGS), words_colon(words));
		put_plain(buf_text(&text), to);
		buf_puts(to, "\n\n");
	}
	if (item->raised_by) {
		buf_clear(&text);
		words_put(words, WORD_RAISED, item->raised_by, &text);
		put_plain(buf_text(&text), to);
		buf_puts(to, "\n\n");
	}
	buf_finish(&text);
}

static void put_after(const struct words *words, const struct edition_story *story, struct buf *to)
{
	const struct edition_item *item = &story->items[0];
	struct buf host = {0}, text = {0};
	const char *name;
	size_t i;

	if (!str_is_empty(item->note)) {
		buf_putc(to, '*');
		put_plain(item->note, to);
		buf_puts(to, "*\n\n");
	}
	for (i = 0; i < item->enclosure_count; i++) {
		buf_printf(to, "- %s%s", words_get(words, WORD_ATTACHED), words_colon(words));
		put_md_link(item->enclosures[i].url, item->enclosures[i].url, to);
		buf_puts(to, i + 1 == item->enclosure_count ? "\n\n" : "\n");
	}
	for (i = also_next(story, 0); i > 0; i = also_next(story, i)) {
		if (i == 1) {
			words_label(words, words_get(words, WORD_ALSO), to);
			buf_puts(to, "\n\n");
		}
		buf_puts(to, "- ");
		name = also_title(story, i, &text);
		if (name && also_names_source(story, i)) {
			put_plain(story->items[i].source, to);
			buf_puts(to, ", ");
		}
		put_md_link(name ? name : story->items[i].source, story->items[i].url, to);
		buf_puts(to, also_next(story, i) ? "\n" : "\n\n");
	}
	put_filing(words, item, to);
	if (!str_is_empty(item->url)) {
		put_host(item->url, &host);
		buf_clear(&text);
		words_put(words, WORD_ORIGINAL, buf_text(&host), &text);
		put_md_link(buf_text(&text), item->url, to);
		buf_puts(to, "\n\n");
	}
	buf_finish(&host);
	buf_finish(&text);
}

static void put_references(
	const struct words *words, const struct edition_section *section, struct buf *to)
{
	struct buf text = {0};
	size_t i;

	if (section->reference_count > 0)
		buf_puts(to, "---\n\n");
	for (i = 0; i < section->reference_count; i++) {
		buf_clear(&text);
		put_elsewhere(words, &section->references[i], &text);
		buf_puts(to, "- ");
		put_plain(buf_text(&text), to);
		buf_clear(&text);
		put_elsewhere_url(&section->references[i], "md", &text);
		put_md_link(section->references[i].title, buf_text(&text), to);
		buf_puts(to, i + 1 == section->reference_count ? "\n\n" : "\n");
	}
	buf_finish(&text);
}

static void put_foot(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct buf *to)
{
	size_t i;

	buf_printf(to, "---\n\n*%s*\n", words_get(words, WORD_END));
	if (section->note_count + edition->note_count > 0)
		buf_putc(to, '\n');
	for (i = 0; i < section->note_count + edition->note_count; i++) {
		buf_puts(to, "- ");
		put_plain(i < section->note_count ? section->notes[i]
						  : edition->notes[i - section->note_count],
			to);
		buf_putc(to, '\n');
	}
}

enum status render_markdown(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	const struct words *words = words_find(section->language);
	struct buf out = {0};
	size_t i;

	put_head(words, edition, section, &out);
	if (section->story_count > 1)
		put_contents(words, section, &out);
	for (i = 0; i < section->story_count; i++) {
		const struct edition_story *story = &section->stories[i];
		const char *heading = group_heading(words, section, i);

		buf_puts(&out, "---\n\n");
		if (heading)
			buf_printf(&out, "*%s*\n\n", heading);
		buf_printf(&out, "<a id=\"a-%lld\"></a>\n\n## ", (long long)story->items[0].id);
		put_item_title(&story->items[0], story->items[0].url, &out);
		buf_puts(&out, "\n\n");
		put_facts(words, edition, &story->items[0], &out);
		if (section->print != PRINT_TITLE)
			put_changes(words, story->items[0].changes, &out);
		put_text(edition, section, &story->items[0], &out);
		put_after(words, story, &out);
	}
	if (section->story_count == 0)
		buf_printf(&out, "%s\n\n", words_get(words, WORD_EMPTY));
	put_references(words, section, &out);
	put_foot(words, edition, section, &out);
	return render_write_plain(to, &out);
}
