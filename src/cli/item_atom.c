#include "cli/item_atom.h"

#include "cli/out.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/doc.h"
#include "core/str.h"
#include "core/url.h"
#include "edition/xml.h"

#include <stdio.h>

static void put_time(const char *name, int64_t time_s, struct buf *to)
{
	char text[DATE_TEXT_BYTES];

	put_xml_element(name, date_format(time_s, text), to);
}

/* It may be a terminal that reads it. */
static void print(struct buf *text)
{
	struct buf clean = {0};

	out_safe_block(&clean, buf_text(text));
	fwrite(buf_text(&clean), 1, clean.len, stdout);
	buf_finish(&clean);
	buf_finish(text);
}

void begin_atom(struct item_writer *writer)
{
	struct buf head = {0};

	(void)writer;
	buf_puts(&head,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>diurna query</title>\n<id>");
	put_urn("query", &head);
	buf_puts(&head, "</id>\n");
	put_time("updated", clock_now(), &head);
	buf_puts(&head, "<generator>diurna</generator>\n");
	print(&head);
}

void write_atom(struct item_writer *writer, const struct item_line *line)
{
	bool has_page = !str_is_empty(line->url) && url_is_web(line->url);
	struct buf entry = {0};
	char seed[32];

	(void)writer;
	snprintf(seed, sizeof(seed), "item\n%lld", (long long)line->id);
	buf_puts(&entry, "<entry>\n");
	put_xml_element("title", str_is_empty(line->title) ? "(no title)" : line->title, &entry);
	buf_puts(&entry, "<id>");
	if (has_page)
		put_xml(line->url, &entry);
	else
		put_urn(seed, &entry);
	buf_puts(&entry, "</id>\n");
	if (has_page) {
		buf_puts(&entry, "<link href=\"");
		put_xml(line->url, &entry);
		buf_puts(&entry, "\"/>\n");
	}
	put_time("updated", line->arrived, &entry);
	if (line->published != DATE_NONE)
		put_time("published", line->published, &entry);
	buf_puts(&entry, "<author>");
	put_xml_element("name", str_is_empty(line->author) ? line->feed : line->author, &entry);
	buf_puts(&entry, "</author>\n");
	if (!str_is_empty(line->section)) {
		buf_puts(&entry, "<category term=\"");
		put_xml(line->section, &entry);
		buf_puts(&entry, "\"/>\n");
	}
	put_xml_element("summary", line->excerpt, &entry);
	if (!str_is_empty(line->html)) {
		buf_puts(&entry, "<content type=\"html\">");
		put_xml(line->html, &entry);
		buf_puts(&entry, "</content>\n");
	}
	buf_puts(&entry, "</entry>\n");
	print(&entry);
}

void end_atom(struct item_writer *writer)
{
	(void)writer;
	puts("</feed>");
}
