/* A section's digest as one HTML file: everything in it but remote pictures. */
#include "core/str.h"
#include "core/url.h"
#include "edition/body.h"
#include "edition/page.h"
#include "edition/render.h"

#include <string.h>

enum {
	CONTENTS_FROM = 2, /* stories */
	FOLDED_FROM = 5,   /* more of them are folded where there is no room for them */
	LONG_FROM = 8,     /* more of them stand in two columns, where there is room */
	HUGE_FROM = 20,    /* more of them keep the lead off any screen */
};

static void put_around(const struct words *words, const struct edition *edition,
	const struct edition_section *section, bool is_top, struct buf *to)
{
	struct buf href = {0}, type = {0}, page = {0};
	size_t i;

	if (edition->is_selection)
		return;
	buf_printf(&page, "%s.html", section->slug);
	put_around_open(words, is_top, to);
	put_neighbours(words, section->previous, section->next, buf_text(&page), to);
	put_link("index.html", words_get(words, WORD_FRONT_PAGE), " rel=\"up\"", to);
	buf_putc(to, '\n');
	put_link("../index.html", words_get(words, WORD_ALL_EDITIONS), "", to);
	buf_putc(to, '\n');
	buf_clear(&href);
	buf_printf(&href, "../latest-%s/%s.html", section->slug, section->slug);
	put_link(buf_text(&href), words_get(words, WORD_LATEST), "", to);
	for (i = 0; !is_top && i < feed_form_count; i++) { /* for who reads on in another program */
		buf_clear(&href);
		buf_printf(&href, "../feeds/%s.%s", section->slug, feed_forms[i].extension);
		buf_clear(&type);
		buf_printf(&type, " type=\"%s\"", feed_forms[i].type);
		buf_putc(to, '\n');
		put_link(buf_text(&href), feed_forms[i].label, buf_text(&type), to);
	}
	buf_puts(to, is_top ? "\n</nav>\n" : "\n</p>\n");
	buf_finish(&href);
	buf_finish(&type);
	buf_finish(&page);
}

static void put_masthead(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct buf *to)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	buf_puts(to, "<header class=\"masthead\">\n<p class=\"paper\">");
	buf_put_escaped(to, edition->name);
	buf_puts(to, "</p>\n<h1 dir=\"auto\">");
	buf_put_escaped(to, section->title);
	buf_printf(to, "</h1>\n<p class=\"dateline\"><time class=\"day\" datetime=\"%s\">",
		edition->date);
	words_iso_date(words, edition->date, to);
	buf_puts(to, "</time> <span>");
	put_totals(words, section, " \xC2\xB7 ", to);
	buf_puts(to, "</span> <span>");
	words_put(words, WORD_EDITION, number, to);
	buf_puts(to, "</span></p>\n");
	put_imprint_line(words, edition, section->window_from, to);
	buf_puts(to, "</header>\n");
}

void put_headlines(const struct words *words, const struct edition_section *section, struct buf *to)
{
	struct buf title = {0};
	size_t i;

	buf_puts(to, "<ol>\n");
	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];

		buf_puts(to, "<li><a");
		put_language(words, item->language, to);
		buf_printf(to, " href=\"#a-%lld\">", (long long)item->id);
		buf_clear(&title);
		put_title(item, &title);
		buf_put_escaped(to, buf_text(&title));
		buf_puts(to, "</a> <span class=\"from\">");
		buf_put_escaped(to, item->source);
		buf_puts(to, "</span></li>\n");
	}
	buf_puts(to, "</ol>\n");
	buf_finish(&title);
}

static void put_contents(
	const struct words *words, const struct edition_section *section, struct buf *to)
{
	bool is_folded = section->story_count > FOLDED_FROM;

	buf_printf(to, "<nav class=\"contents%s\" aria-label=\"",
		section->story_count > HUGE_FROM   ? " long huge"
		: section->story_count > LONG_FROM ? " long"
						   : "");
	buf_put_escaped(to, words_get(words, WORD_CONTENTS));
	buf_puts(to, is_folded ? "\">\n<details>\n<summary><h2>" : "\">\n<h2>");
	buf_put_escaped(to, words_get(words, WORD_CONTENTS));
	if (is_folded) {
		buf_puts(to, "</h2> <span class=\"from\">");
		words_count(words, COUNTED_STORIES, (int64_t)section->story_count, to);
		buf_puts(to, "</span></summary>\n");
	} else {
		buf_puts(to, "</h2>\n");
	}
	/* What leads into a folded part opens it, so the way back ends in the list. */
	buf_puts(to, "<div id=\"contents\">\n");
	put_headlines(words, section, to);
	buf_puts(to, is_folded ? "</div>\n</details>\n</nav>\n" : "</div>\n</nav>\n");
}

static void put_facts(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to)
{
	struct buf by = {0};

	buf_puts(to, "<p class=\"facts\"");
	put_language_back(words, item->language, to);
	buf_putc(to, '>');
	if (!str_is_empty(item->byline)) {
		words_put(words, WORD_BY, item->byline, &by);
		buf_puts(to, "<bdi>");
		buf_put_escaped(to, buf_text(&by));
		buf_puts(to, "</bdi> ");
	}
	buf_puts(to, "<span>");
	put_time(words, edition, item, to);
	buf_puts(to, "</span>");
	if (item->words > 0) {
		buf_puts(to, " <span>");
		words_count(words, COUNTED_MINUTES, item->minutes, to);
		buf_puts(to, "</span>");
	}
	buf_puts(to, "</p>\n");
	buf_finish(&by);
}

static void put_heading(const struct words *words, const struct edition *edition,
	const struct edition_item *item, int level, struct buf *to)
{
	struct buf title = {0};

	put_title(item, &title);
	/* In <bdi>: the direction of an article without a language is that of its title. */
	buf_puts(to, "<p class=\"kicker\"><bdi>");
	buf_put_escaped(to, item->source);
	buf_printf(to, "</bdi></p>\n<h%d>", level);
	if (str_is_empty(item->url))
		buf_put_escaped(to, buf_text(&title));
	else
		put_link(item->url, buf_text(&title), "", to);
	buf_printf(to, "</h%d>\n", level);
	put_facts(words, edition, item, to);
	buf_finish(&title);
}

/* The text repeats what page and feed show twice: a picture stands once. */
static bool wants_image(const struct edition_item *item, bool is_lead)
{
	if (str_is_empty(item->image) || !url_is_web(item->image))
		return false;
	if (body_shows(item->html, item->image))
		return false;
	return is_lead || !body_has_image(item->html);
}

static void put_image(const struct edition *edition, const struct edition_item *item, bool is_lead,
	struct buf *to)
{
	buf_puts(to, "<figure><img");
	put_source(edition, item->image, to);
	buf_printf(to, " alt=\"\"%s decoding=\"async\"></figure>\n",
		is_lead ? "" : " loading=\"lazy\"");
}

static void put_excerpt(const struct edition_item *item, struct buf *to)
{
	if (str_is_empty(item->excerpt))
		return;
	buf_puts(to, "<div class=\"text\"><p>");
	buf_put_escaped(to, item->excerpt);
	buf_puts(to, "</p></div>\n");
}

static void put_full(
	const struct edition *edition, const struct edition_item *item, int level, struct buf *to)
{
	buf_puts(to, "<div class=\"text\">\n");
	body_put(edition, item->html, level, to);
	buf_puts(to, "\n</div>\n");
}

static void put_paragraphs(const char *heading, const char *element, const char *const *texts,
	size_t count, const struct words *words, const char *language, struct buf *to)
{
	size_t i;

	if (count == 0)
		return;
	buf_puts(to, "<p class=\"label\"");
	put_language_back(words, language, to);
	buf_putc(to, '>');
	buf_put_escaped(to, heading);
	buf_puts(to, "</p>\n");
	for (i = 0; i < count; i++) {
		buf_printf(to, "<p><%s>", element);
		buf_put_escaped(to, texts[i]);
		buf_printf(to, "</%s></p>\n", element);
	}
}

static void put_changes(const struct words *words, const struct edition_item *item, struct buf *to)
{
	const struct edition_changes *changes = item->changes;
	struct buf text = {0};

	buf_puts(to, "<div class=\"changes\">\n");
	if (changes->title_before) {
		words_put(words, WORD_TITLE_BEFORE, changes->title_before, &text);
		buf_puts(to, "<p class=\"before\">");
		buf_put_escaped(to, buf_text(&text));
		buf_puts(to, "</p>\n");
	}
	put_paragraphs(words_get(words, WORD_ADDED), "ins", changes->added, changes->added_count,
		words, item->language, to);
	put_paragraphs(words_get(words, WORD_REMOVED), "del", changes->removed,
		changes->removed_count, words, item->language, to);
	buf_puts(to, "</div>\n");
	buf_finish(&text);
}

static void put_text(const struct words *words, const struct edition *edition,
	const struct edition_section *section, const struct edition_item *item, int level,
	struct buf *to)
{
	if (section->print == PRINT_TITLE)
		return;
	if (item->changes)
		put_changes(words, item, to);
	if (section->print == PRINT_EXCERPT || str_is_empty(item->html)) {
		put_excerpt(item, to);
	} else if (item->is_update) {
		if (!item->changes)
			put_excerpt(item, to);
		buf_puts(to, "<details><summary");
		put_language_back(words, item->language, to);
		buf_putc(to, '>');
		buf_put_escaped(to, words_get(words, WORD_WHOLE));
		buf_puts(to, "</summary>\n");
		put_full(edition, item, level, to);
		buf_puts(to, "</details>\n");
	} else {
		put_full(edition, item, level, to);
	}
}

static void put_also(const struct words *words, const struct edition_story *story, struct buf *to)
{
	struct buf title = {0};
	size_t i;

	if (story->item_count < 2)
		return;
	buf_puts(to, "<p class=\"also\">");
	buf_put_escaped(to, words_get(words, WORD_ALSO));
	for (i = also_next(story, 0); i > 0; i = also_next(story, i)) {
		const struct edition_item *item = &story->items[i];
		const char *name;

		buf_puts(to, i == 1 ? words_colon(words) : "; ");
		buf_puts(to, "<bdi>");
		name = also_title(story, i, &title);
		if (name && also_names_source(story, i)) {
			buf_put_escaped(to, item->source);
			buf_puts(to, ", ");
		}
		if (!name)
			name = item->source;
		if (str_is_empty(item->url))
			buf_put_escaped(to, name);
		else
			put_link(item->url, name, "", to);
		buf_puts(to, "</bdi>");
	}
	buf_puts(to, "</p>\n");
	buf_finish(&title);
}

static void put_enclosures(
	const struct words *words, const struct edition_item *item, struct buf *to)
{
	size_t i, written = 0;

	for (i = 0; i < item->enclosure_count; i++) {
		const struct doc_enclosure *e = &item->enclosures[i];
		const char *name;

		if (!url_is_web(e->url) || (e->type && str_istarts(e->type, "image/")))
			continue;
		if (written++ == 0) {
			buf_puts(to, "<p class=\"files\">");
			buf_put_escaped(to, words_get(words, WORD_ATTACHED));
		}
		buf_puts(to, written == 1 ? words_colon(words) : ", ");
		name = strrchr(e->url, '/') + 1;
		put_link(e->url, *name ? name : e->url, "", to);
		if (e->length > 0)
			buf_printf(to, " (%.1f MB)", (double)e->length / 1e6);
	}
	if (written)
		buf_puts(to, "</p>\n");
}

/* Where the publisher files it, and why it stands where it stands. */
static void put_filing(const struct words *words, const struct edition_item *item, struct buf *to)
{
	struct buf text = {0};

	put_tags(item, &text);
	if (text.len == 0 && !item->raised_by)
		return;
	buf_puts(to, "<p class=\"filing\">");
	if (text.len > 0) {
		buf_printf(to, "<span>%s%s<bdi>", words_get(words, WORD_TAGS), words_colon(words));
		buf_put_escaped(to, buf_text(&text));
		buf_puts(to, "</bdi></span>");
	}
	if (item->raised_by) {
		buf_puts(to, text.len > 0 ? " <span>" : "<span>");
		buf_clear(&text);
		words_put(words, WORD_RAISED, item->raised_by, &text);
		buf_put_escaped(to, buf_text(&text));
		buf_puts(to, "</span>");
	}
	buf_puts(to, "</p>\n");
	buf_finish(&text);
}

static void put_after(const struct words *words, const struct edition_story *story, struct buf *to)
{
	const struct edition_item *item = &story->items[0];
	struct buf host = {0}, text = {0};

	buf_puts(to, "<footer class=\"after\"");
	put_language_back(words, item->language, to);
	buf_puts(to, ">\n");
	if (!str_is_empty(item->note)) {
		buf_puts(to, "<p class=\"note\">");
		buf_put_escaped(to, item->note);
		buf_puts(to, "</p>\n");
	}
	put_enclosures(words, item, to);
	put_also(words, story, to);
	put_filing(words, item, to);
	buf_puts(to, "<p class=\"ways\">");
	if (!str_is_empty(item->url)) {
		put_host(item->url, &host);
		words_put(words, WORD_ORIGINAL, buf_text(&host), &text);
		buf_puts(to, "<span class=\"original\">");
		put_link(item->url, buf_text(&text), "", to);
		buf_puts(to, "</span> ");
	}
	buf_puts(to, "<span class=\"top\">");
	put_link("#contents", words_get(words, WORD_TOP), "", to);
	buf_puts(to, "</span></p>\n</footer>\n");
	buf_finish(&host);
	buf_finish(&text);
}

void put_story(const struct words *words, const struct edition *edition,
	const struct edition_section *section, size_t index, int level, struct buf *to)
{
	const struct edition_story *story = &section->stories[index];
	const struct edition_item *item = &story->items[0];
	bool is_lead = index == 0 && story_group(story) == GROUP_NEWS;
	const char *group = group_heading(words, section, index);
	size_t i;

	if (group) {
		buf_puts(to, "<p class=\"group\">");
		buf_put_escaped(to, group);
		buf_puts(to, "</p>\n");
	}
	buf_printf(to, "<article class=\"story%s\" id=\"a-%lld\"", is_lead ? " lead" : "",
		(long long)item->id);
	put_language(words, item->language, to);
	buf_puts(to, ">\n");
	/* The permalinks of what was folded into this story lead here. */
	for (i = 1; i < story->item_count; i++)
		buf_printf(to, "<span id=\"a-%lld\"></span>", (long long)story->items[i].id);
	put_heading(words, edition, item, level, to);
	if (section->print != PRINT_TITLE && wants_image(item, is_lead))
		put_image(edition, item, is_lead, to);
	put_text(words, edition, section, item, level, to);
	put_after(words, story, to);
	buf_puts(to, "</article>\n");
}

static void put_foot(const struct words *words, const struct edition *edition,
	const struct edition_section *section, struct buf *to)
{
	buf_puts(to, "<footer class=\"colophon\">\n<p class=\"end\">");
	buf_put_escaped(to, words_get(words, WORD_END));
	buf_puts(to, "</p>\n");
	if (section->note_count + edition->note_count > 0) {
		buf_puts(to, "<h2>");
		buf_put_escaped(to, words_get(words, WORD_ABOUT));
		buf_puts(to, "</h2>\n");
	}
	put_notes(section->notes, section->note_count, to);
	put_notes(edition->notes, edition->note_count, to);
	put_around(words, edition, section, false, to);
	buf_puts(to, "</footer>\n");
}

enum status render_html(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	const struct words *words = words_find(section->language);
	struct buf out = {0}, title = {0}, feed = {0};
	struct page page = {.words = words, .style = edition->style, .skip_to = "stories"};
	size_t i;

	buf_printf(&title, "%s, ", section->title);
	words_iso_date(words, edition->date, &title);
	buf_printf(&title, " \xE2\x80\x93 %s", edition->name);
	buf_printf(&feed, "../feeds/%s", section->slug);
	page.title = buf_text(&title);
	page.feed = edition->is_selection ? NULL : buf_text(&feed);
	page_open(&page, &out);
	put_around(words, edition, section, true, &out);
	put_masthead(words, edition, section, &out);
	if (section->story_count >= CONTENTS_FROM)
		put_contents(words, section, &out);
	else
		buf_puts(&out, "<div id=\"contents\"></div>\n");
	buf_puts(&out, "<main id=\"stories\">\n");
	for (i = 0; i < section->story_count; i++)
		put_story(words, edition, section, i, 2, &out);
	if (section->story_count == 0) {
		buf_puts(&out, "<p class=\"nothing\">");
		buf_put_escaped(&out, words_get(words, WORD_EMPTY));
		buf_puts(&out, "</p>\n");
	}
	put_references(words, section, false, &out);
	buf_puts(&out, "</main>\n");
	put_foot(words, edition, section, &out);
	page_close(&out);
	buf_finish(&title);
	buf_finish(&feed);
	return render_write(to, &out);
}
