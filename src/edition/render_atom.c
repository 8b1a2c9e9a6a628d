/* A section as an Atom feed, for any other reader. Source: RFC 4287. */
#include "core/date.h"
#include "core/str.h"
#include "core/url.h"
#include "edition/render.h"
#include "edition/xml.h"

#include <stdlib.h>

static void put_time_element(const char *name, int64_t time_s, struct buf *to)
{
	char text[DATE_TEXT_BYTES];

	put_xml_element(name, date_format(time_s, text), to);
}

static void put_link_element(
	const char *rel, const char *href, const char *type, int64_t length, struct buf *to)
{
	buf_printf(to, "<link rel=\"%s\" href=\"", rel);
	put_xml(href, to);
	buf_putc(to, '"');
	if (!str_is_empty(type)) {
		buf_puts(to, " type=\"");
		put_xml(type, to);
		buf_putc(to, '"');
	}
	if (length > 0)
		buf_printf(to, " length=\"%lld\"", (long long)length);
	buf_puts(to, "/>\n");
}

static void put_head(
	const struct edition *edition, const struct edition_section *section, struct buf *to)
{
	struct buf text = {0};

	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	put_xml(section->language ? section->language : "en", to);
	buf_puts(to, "\">\n");
	buf_printf(&text, "%s \xE2\x80\x93 %s", section->title, edition->name);
	put_xml_element("title", buf_text(&text), to);
	/* The feed of a section is the same one whatever edition it shows. */
	buf_clear(&text);
	buf_printf(&text, "%s\n%s", edition->name, section->slug);
	buf_puts(to, "<id>");
	put_urn(buf_text(&text), to);
	buf_puts(to, "</id>\n");
	put_time_element("updated", edition->row.window_to, to);
	buf_clear(&text);
	buf_printf(&text, "%s.atom", section->slug);
	put_link_element("self", buf_text(&text), "application/atom+xml", 0, to);
	buf_puts(to, "<author>");
	put_xml_element("name", edition->name, to);
	buf_puts(to, "</author>\n<generator");
	if (edition->version) {
		buf_puts(to, " version=\"");
		put_xml(edition->version, to);
		buf_putc(to, '"');
	}
	buf_puts(to, ">diurna</generator>\n");
	buf_finish(&text);
}

static void put_id(const struct edition_item *item, struct buf *to)
{
	char seed[32];

	buf_puts(to, "<id>");
	if (!str_is_empty(item->url) && url_is_web(item->url)) {
		put_xml(item->named ? item->named : item->url, to);
	} else {
		snprintf(seed, sizeof(seed), "item\n%lld", (long long)item->id);
		put_urn(seed, to);
	}
	buf_puts(to, "</id>\n");
}

static void put_source(const struct edition_item *item, struct buf *to)
{
	buf_puts(to, "<author>");
	put_xml_element("name", str_is_empty(item->byline) ? item->source : item->byline, to);
	buf_puts(to, "</author>\n<source>");
	put_xml_element("title", item->source, to);
	buf_puts(to, "</source>\n");
}

static void put_content(
	const struct edition_section *section, const struct edition_item *item, struct buf *to)
{
	bool is_full = section->print == PRINT_FULL && !str_is_empty(item->html);

	/* RFC 4287, 4.1.2: without content there is a link to it; without both, what there is. */
	if (!is_full && str_is_empty(item->url)) {
		buf_puts(to, "<content type=\"text\">");
		put_xml(section->print != PRINT_TITLE ? item->excerpt : NULL, to);
		buf_puts(to, "</content>\n");
		return;
	}
	if (section->print != PRINT_TITLE)
		put_xml_element("summary", item->excerpt, to);
	if (!is_full)
		return;
	buf_puts(to, "<content type=\"html\"");
	if (!str_is_empty(item->language)) {
		buf_puts(to, " xml:lang=\"");
		put_xml(item->language, to);
		buf_putc(to, '"');
	}
	buf_putc(to, '>');
	put_xml(item->html, to);
	buf_puts(to, "</content>\n");
}

static void put_entry(
	const struct edition_section *section, const struct edition_item *item, struct buf *to)
{
	struct buf title = {0};
	size_t i;

	put_title(item, &title);
	buf_puts(to, "<entry>\n");
	put_xml_element("title", buf_text(&title), to);
	put_id(item, to);
	put_time_element("updated", item->is_update ? item->arrived_at : item_time(item), to);
	if (item->published_at != DATE_NONE)
		put_time_element("published", item->published_at, to);
	if (!str_is_empty(item->url))
		put_link_element("alternate", item->url, NULL, 0, to);
	for (i = 0; i < item->enclosure_count; i++)
		put_link_element("enclosure", item->enclosures[i].url, item->enclosures[i].type,
			item->enclosures[i].length, to);
	put_source(item, to);
	for (i = 0; i < item->category_count; i++) {
		buf_puts(to, "<category term=\"");
		put_xml(item->categories[i], to);
		buf_puts(to, "\"/>\n");
	}
	put_content(section, item, to);
	buf_puts(to, "</entry>\n");
	buf_finish(&title);
}

static void put_entries(const struct edition_section *section, struct buf *to)
{
	size_t i, j;

	for (i = 0; i < section->story_count; i++) {
		for (j = 0; j < section->stories[i].item_count; j++)
			put_entry(section, &section->stories[i].items[j], to);
	}
}

enum status render_atom(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	struct buf out = {0};

	put_head(edition, section, &out);
	put_entries(section, &out);
	buf_puts(&out, "</feed>\n");
	return render_write(to, &out);
}

enum status render_feed_atom(FILE *to, const struct feed_source *source)
{
	struct buf out = {0};
	bool has_head = false;
	size_t i;

	for (i = 0; i < source->count; i++) {
		const struct edition_section *section =
			section_find_slug(source->editions[i], source->section->slug);

		if (!section)
			continue;
		if (!has_head)
			put_head(source->editions[i], section, &out);
		has_head = true;
		put_entries(section, &out);
	}
	if (!has_head) {
		buf_finish(&out);
		return STATUS_NOT_FOUND;
	}
	buf_puts(&out, "</feed>\n");
	return render_write(to, &out);
}
