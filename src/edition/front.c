/* The front page of an edition: what leads in each section. */
#include "core/str.h"
#include "core/url.h"
#include "edition/body.h"
#include "edition/page.h"
#include "edition/render.h"

#include <string.h>

enum {
	HEADLINES = 5,    /* of a section, beside the one that leads */
	BESIDE_IMAGE = 9, /* the same beside a picture, which is higher */
	TITLES = 10,      /* of a section that prints nothing else */
};

const struct edition_format *front_format(const char *const *formats, size_t count)
{
	const struct edition_format *first = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct edition_format *format = edition_format_find(formats[i]);

		if (!format || format->is_whole)
			continue;
		if (str_eq(format->name, "html"))
			return format;
		if (!first)
			first = format;
	}
	return first;
}

static void put_masthead(const struct words *words, const struct edition *edition, struct buf *to)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	buf_puts(to, "<header class=\"masthead\">\n<h1 dir=\"auto\">");
	buf_put_escaped(to, edition->name);
	buf_printf(to, "</h1>\n<p class=\"dateline\"><time class=\"day\" datetime=\"%s\">",
		edition->date);
	words_iso_date(words, edition->date, to);
	buf_puts(to, "</time> <span>");
	put_edition_totals(words, edition, " \xC2\xB7 ", to);
	buf_puts(to, "</span> <span>");
	words_put(words, WORD_EDITION, number, to);
	buf_puts(to, "</span></p>\n");
	put_imprint_line(words, edition, edition->row.window_from, to);
	buf_puts(to, "</header>\n");
}

static void put_around(
	const struct words *words, const struct edition *edition, bool is_top, struct buf *to)
{
	put_around_open(words, is_top, to);
	put_neighbours(words, edition->previous, edition->next, "index.html", to);
	put_link("../index.html", words_get(words, WORD_ALL_EDITIONS), " rel=\"up\"", to);
	buf_putc(to, '\n');
	put_link("../latest/index.html", words_get(words, WORD_LATEST), "", to);
	buf_puts(to, is_top ? "\n</nav>\n" : "\n</p>\n");
}

/* file: relative URL of the section's digest. */
static void put_headline(const struct edition_item *item, const char *file, struct buf *to)
{
	struct buf href = {0}, title = {0};

	if (item->edition)
		buf_printf(&href, "../%s/", item->edition);
	buf_printf(&href, "%s#a-%lld", file, (long long)item->id);
	put_title(item, &title);
	put_link(buf_text(&href), buf_text(&title), "", to);
	buf_finish(&href);
	buf_finish(&title);
}

/* Not of a section that prints titles only. */
static void put_lead(const struct words *words, const struct edition *edition,
	const struct edition_section *section, const char *file, struct buf *to)
{
	const struct edition_item *item = &section->stories[0].items[0];

	buf_puts(to, "<article");
	put_language(words, item->language, to);
	buf_puts(to, ">\n");
	buf_puts(to, "<h3>");
	put_headline(item, file, to);
	buf_puts(to, "</h3>\n<p class=\"facts\"");
	put_language_back(words, item->language, to);
	buf_puts(to, "><bdi>");
	buf_put_escaped(to, item->source);
	buf_puts(to, "</bdi> <span>");
	put_time(words, edition, item, to);
	buf_puts(to, "</span>");
	if (item->words > 0) {
		buf_puts(to, " <span>");
		words_count(words, COUNTED_MINUTES, item->minutes, to);
		buf_puts(to, "</span>");
	}
	buf_puts(to, "</p>\n");
	if (!str_is_empty(item->image) && url_is_web(item->image)) {
		buf_puts(to, "<figure><img");
		put_source(edition, item->image, to);
		buf_puts(to, " alt=\"\" loading=\"lazy\" decoding=\"async\"></figure>\n");
	}
	if (!str_is_empty(item->excerpt)) {
		buf_puts(to, "<p class=\"excerpt\">");
		buf_put_escaped(to, item->excerpt);
		buf_puts(to, "</p>\n");
	}
	buf_puts(to, "</article>\n");
}

static void put_others(const struct words *words, const struct edition_section *section,
	const char *file, size_t from, size_t end, struct buf *to)
{
	size_t i;

	if (section->story_count <= from)
		return;
	buf_puts(to, "<ul>\n");
	for (i = from; i < section->story_count && i < end; i++) {
		const struct edition_item *item = &section->stories[i].items[0];

		buf_puts(to, "<li");
		put_language(words, item->language, to);
		buf_puts(to, ">");
		put_headline(item, file, to);
		buf_puts(to, " <span class=\"from\">");
		buf_put_escaped(to, item->source);
		buf_puts(to, "</span></li>\n");
	}
	buf_puts(to, "</ul>\n");
}

/* How much there is of it, and the way to all of that. A selection has no page of its own for it.
 */
static void put_more(const struct words *words, const struct edition *edition,
	const struct edition_section *section, const char *file, struct buf *to)
{
	struct buf more = {0};

	buf_puts(to, "<p class=\"more\">");
	if (!edition->is_selection) {
		words_put(words, WORD_MORE, section->title, &more);
		put_link(file, buf_text(&more), "", to);
		buf_putc(to, ' ');
	}
	buf_puts(to, "<span class=\"from\">");
	put_counts(words, section, " \xC2\xB7 ", to);
	buf_puts(to, "</span></p>\n");
	buf_finish(&more);
}

static void put_section(const struct words *words, const struct edition *edition,
	const struct edition_section *section, const char *extension, struct buf *to)
{
	const struct edition_item *lead = &section->stories[0].items[0];
	bool is_high = lead->image && edition_image_find(edition, lead->image);
	struct buf file = {0};

	buf_printf(&file, "%s.%s", section->slug, extension);
	buf_puts(to, "<section class=\"front\">\n<h2>");
	if (edition->is_selection)
		buf_put_escaped(to, section->title);
	else
		put_link(buf_text(&file), section->title, "", to);
	buf_puts(to, "</h2>\n");
	if (section->print == PRINT_TITLE) {
		buf_puts(to, "<div class=\"titles\">\n");
		put_others(words, section, buf_text(&file), 0, TITLES, to);
	} else {
		buf_printf(to, "<div%s>\n", section->story_count > 1 ? " class=\"columns\"" : "");
		put_lead(words, edition, section, buf_text(&file), to);
		put_others(words, section, buf_text(&file), 1,
			1 + (is_high ? BESIDE_IMAGE : HEADLINES), to);
	}
	buf_puts(to, "</div>\n");
	put_more(words, edition, section, buf_text(&file), to);
	buf_puts(to, "</section>\n");
	buf_finish(&file);
}

/* "Local, Science: Nothing new arrived." Of all sections, or of those that are empty. */
static void put_quiet(const struct words *words, const struct edition *edition,
	const char *extension, struct buf *to)
{
	struct buf file = {0};
	size_t i, count = 0;

	for (i = 0; i < edition->section_count; i++) {
		const struct edition_section *section = &edition->sections[i];

		if (section->story_count > 0)
			continue;
		buf_clear(&file);
		buf_printf(&file, "%s.%s", section->slug, extension);
		buf_puts(to, count++ ? ", " : "<p class=\"quiet\">");
		put_link(buf_text(&file), section->title, " dir=\"auto\"", to);
	}
	if (count > 0) {
		buf_puts(to, words_colon(words));
		buf_put_escaped(to, words_get(words, WORD_EMPTY));
		buf_puts(to, "</p>\n");
	}
	buf_finish(&file);
}

/* "Markdown (Europe, Local)": links to the files of one format, of sections that have something. */
static void put_format(const struct edition *edition, const struct edition_format *format,
	const char *before, struct buf *to)
{
	struct buf href = {0};
	size_t i, count = 0;

	for (i = 0; i < (format->is_whole ? 1 : edition->section_count); i++) {
		const struct edition_section *section = &edition->sections[i];

		if (!format->is_whole && section->story_count == 0)
			continue;
		buf_puts(to, count == 0 ? before : ", ");
		if (!format->is_whole && count == 0)
			buf_printf(to, "%s (", format->label);
		count++;
		buf_clear(&href);
		if (format->is_whole)
			buf_printf(&href, "diurna-%s.%s", edition->row.name, format->extension);
		else
			buf_printf(&href, "%s.%s", section->slug, format->extension);
		put_link(
			buf_text(&href), format->is_whole ? format->label : section->title, "", to);
	}
	if (!format->is_whole && count > 0)
		buf_putc(to, ')');
	buf_finish(&href);
}

/* The other formats of each section, and those of the whole edition. */
static void put_formats(const struct words *words, const struct edition *edition,
	const char *const *formats, size_t count, struct buf *to)
{
	struct buf list = {0};
	size_t i;

	for (i = 0; i < count; i++) {
		const struct edition_format *format = edition_format_find(formats[i]);

		if (format && !str_eq(format->name, "html"))
			put_format(edition, format, list.len > 0 ? ", " : "", &list);
	}
	if (list.len > 0)
		buf_printf(to, "<p>%s%s%s</p>\n", words_get(words, WORD_FORMATS),
			words_colon(words), buf_text(&list));
	buf_finish(&list);
}

static void put_foot(const struct words *words, const struct edition *edition,
	const char *const *formats, size_t count, struct buf *to)
{
	struct buf about = {0};
	size_t i;

	put_notes(edition->notes, edition->note_count, &about);
	for (i = 0; i < edition->section_count; i++)
		put_notes(
			edition->sections[i].front_notes, edition->sections[i].note_count, &about);
	if (!edition->is_selection)
		put_formats(words, edition, formats, count, &about);
	buf_puts(to, "<footer class=\"colophon\">\n<p class=\"end\">");
	buf_put_escaped(to, words_get(words, WORD_END));
	buf_puts(to, "</p>\n");
	if (about.len > 0) {
		buf_puts(to, "<h2>");
		buf_put_escaped(to, words_get(words, WORD_ABOUT));
		buf_puts(to, "</h2>\n");
		buf_put(to, about.data, about.len);
	}
	put_around(words, edition, false, to);
	buf_puts(to, "</footer>\n");
	buf_finish(&about);
}

enum status render_front(
	FILE *to, const struct edition *edition, const char *const *formats, size_t format_count)
{
	const struct words *words = words_find(edition->language);
	const struct edition_format *linked = front_format(formats, format_count);
	const char *extension = linked ? linked->extension : "html";
	struct buf out = {0}, title = {0};
	struct page page = {
		.words = words, .style = edition->style, .skip_to = "sections", .is_broad = true};
	size_t i, written = 0;

	buf_printf(&title, "%s, ", edition->name);
	words_iso_date(words, edition->date, &title);
	page.title = buf_text(&title);
	page_open(&page, &out);
	put_around(words, edition, true, &out);
	put_masthead(words, edition, &out);
	buf_puts(&out, "<main id=\"sections\">\n");
	for (i = 0; i < edition->section_count; i++) {
		if (edition->sections[i].story_count == 0)
			continue;
		put_section(words, edition, &edition->sections[i], extension, &out);
		written++;
	}
	if (written > 0 && !edition->is_selection) {
		put_quiet(words, edition, extension, &out);
	} else if (written == 0) {
		buf_puts(&out, "<p class=\"nothing\">");
		buf_put_escaped(&out, words_get(words, WORD_EMPTY));
		buf_puts(&out, "</p>\n");
	}
	buf_puts(&out, "</main>\n");
	put_foot(words, edition, formats, format_count, &out);
	page_close(&out);
	buf_finish(&title);
	return render_write(to, &out);
}
