/*
 * An edition as a mail: all sections, as plain text and as HTML that mail programs show. Source:
 * RFC 5322; RFC 2046, 5.1.4.
 */
#include "core/mem.h"
#include "core/str.h"
#include "edition/mime.h"
#include "edition/page.h"
#include "edition/render.h"
#include "edition/xml.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PREVIEW_TITLES = 3 }; /* shown by mail programs behind the subject */

/* mail.css, compiled in. */
extern const char mail_css[];

/* What mail prints of a section: no more than the section itself does. */
static struct edition_section mail_section(const struct edition *edition, size_t index)
{
	struct edition_section section = edition->sections[index];

	if (edition->mail && edition->mail->print > section.print)
		section.print = edition->mail->print;
	return section;
}

/* An empty section has no place in a mail, unless there is nothing else. */
static bool is_mailed(const struct edition *edition, size_t index)
{
	return edition->sections[index].story_count > 0 ||
	       (edition->row.item_count == 0 && index == 0);
}

static enum status put_plain_text(const struct edition *edition, struct buf *to)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < edition->section_count; i++) {
		struct edition_section section = mail_section(edition, i);
		char *text = NULL;
		size_t len = 0;
		FILE *file;

		if (!is_mailed(edition, i))
			continue;
		file = open_memstream(&text, &len);
		if (!file)
			return STATUS_IO;
		status = render_text(file, edition, &section);
		if (fclose(file) != 0)
			status = STATUS_IO;
		if (to->len > 0)
			buf_puts(to, "\n\n");
		buf_put(to, text, len);
		free(text);
	}
	return status;
}

static void put_head(
	const struct words *words, const struct edition *edition, const char *title, struct buf *to)
{
	struct buf preview = {0};
	size_t i, count = 0;

	buf_printf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		words_tag(words));
	buf_puts(to, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	buf_put_escaped(to, title);
	buf_printf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", mail_css);
	for (i = 0; i < edition->section_count && count < PREVIEW_TITLES; i++) {
		if (edition->sections[i].story_count == 0)
			continue;
		buf_puts(&preview, count++ ? " \xC2\xB7 " : "");
		put_title(&edition->sections[i].stories[0].items[0], &preview);
	}
	if (count > 0) {
		buf_puts(to, "<div class=\"preview\" style=\"display:none\">");
		buf_put_escaped(to, buf_text(&preview));
		buf_puts(to, "</div>\n");
	}
	buf_finish(&preview);
}

static void put_masthead(const struct words *words, const struct edition *edition, struct buf *to)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	buf_puts(to, "<div class=\"masthead\">\n<h1 dir=\"auto\">");
	buf_put_escaped(to, edition->name);
	buf_puts(to, "</h1>\n<p class=\"dateline\">");
	words_iso_date(words, edition->date, to);
	buf_puts(to, " \xC2\xB7 ");
	words_put(words, WORD_EDITION, number, to);
	buf_puts(to, "<br>\n");
	put_edition_totals(words, edition, " \xC2\xB7 ", to);
	buf_puts(to, "</p>\n");
	put_imprint_line(words, edition, edition->row.window_from, to);
	buf_puts(to, "</div>\n");
}

static void put_contents(const struct words *words, const struct edition *edition, struct buf *to)
{
	size_t i;

	buf_puts(to, "<div class=\"contents\" id=\"contents\">\n");
	for (i = 0; i < edition->section_count; i++) {
		const struct edition_section *section = &edition->sections[i];

		if (section->story_count == 0)
			continue;
		buf_puts(to, "<p class=\"label\" dir=\"auto\">");
		buf_put_escaped(to, section->title);
		buf_puts(to, " <span class=\"from\">");
		put_counts(words, section, " \xC2\xB7 ", to);
		buf_puts(to, "</span></p>\n");
		put_headlines(words, section, to);
	}
	buf_puts(to, "</div>\n");
}

static void put_section(
	const struct edition *edition, const struct edition_section *section, struct buf *to)
{
	const struct words *words = words_find(section->language);
	size_t i;

	buf_printf(to, "<div class=\"section\" lang=\"%s\">\n<h2 dir=\"auto\">", words_tag(words));
	buf_put_escaped(to, section->title);
	buf_puts(to, "</h2>\n");
	for (i = 0; i < section->story_count; i++)
		put_story(words, edition, section, i, 3, to);
	if (section->story_count == 0) {
		buf_puts(to, "<p class=\"nothing\">");
		buf_put_escaped(to, words_get(words, WORD_EMPTY));
		buf_puts(to, "</p>\n");
	}
	put_references(words, section, true, to);
	put_notes(section->notes, section->note_count, to);
	buf_puts(to, "</div>\n");
}

static void put_html(
	const struct words *words, const struct edition *edition, const char *title, struct buf *to)
{
	size_t i;

	put_head(words, edition, title, to);
	put_masthead(words, edition, to);
	put_contents(words, edition, to);
	for (i = 0; i < edition->section_count; i++) {
		struct edition_section section = mail_section(edition, i);

		if (is_mailed(edition, i))
			put_section(edition, &section, to);
	}
	buf_puts(to, "<div class=\"colophon\">\n<p class=\"end\">");
	buf_put_escaped(to, words_get(words, WORD_END));
	buf_puts(to, "</p>\n");
	put_notes(edition->notes, edition->note_count, to);
	buf_puts(to, "</div>\n</body>\n</html>\n");
}

/* "diurna@host", where the configuration names no sender. */
static void put_own_address(struct buf *to)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	buf_printf(to, "diurna@%s", *host ? host : "localhost");
}

/* The same edition to the same person is the same mail, also when it is tried again. */
static void put_head_lines(const struct words *words, const struct edition *edition,
	const char *title, const char *recipient, struct buf *to)
{
	const char *from = edition->mail ? edition->mail->from : NULL;
	struct buf sender = {0}, bare = {0}, id = {0};

	if (from)
		buf_puts(&sender, from);
	else
		put_own_address(&sender);
	mime_bare_address(buf_text(&sender), &bare);
	if (!from) {
		buf_clear(&sender);
		buf_printf(&sender, "%s <%s>", edition->name, buf_text(&bare));
	}
	mime_address("From", buf_text(&sender), to);
	mime_address("To", recipient ? recipient : buf_text(&sender), to);
	mime_header("Subject", title, to);
	buf_puts(to, "Date: ");
	mime_date(edition->row.window_to, to);
	buf_printf(&id, "%s\n%s\n%s", edition->name, edition->row.name, recipient ? recipient : "");
	buf_puts(to, "\nMessage-ID: <");
	put_hash(buf_text(&id), to);
	buf_printf(to, "%s>\n", strchr(buf_text(&bare), '@'));
	buf_puts(to, "List-Id: <diurna.");
	buf_puts(to, strchr(buf_text(&bare), '@') + 1);
	buf_puts(to, ">\n");
	/* RFC 3834, 5: nobody's holiday answers it. */
	buf_puts(to, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n");
	mime_header("Content-Language", words_tag(words), to);
	buf_finish(&sender);
	buf_finish(&bare);
	buf_finish(&id);
}

enum status render_mail_to(FILE *to, const struct edition *edition, const char *recipient)
{
	const struct words *words = words_find(edition->language);
	struct buf out = {0}, part = {0}, title = {0}, boundary = {0};
	struct edition mailed = *edition;
	enum status status;

	mailed.images_at = NULL; /* nothing lies beside a mail */
	buf_printf(&title, "%s, ", edition->name);
	words_iso_date(words, edition->date, &title);
	/* No encoded line begins with "--=_": neither encoding makes one. RFC 2045, 6.7. */
	buf_puts(&boundary, "=_");
	put_hash(edition->row.name, &boundary);
	put_head_lines(words, edition, buf_text(&title), recipient, &out);
	buf_printf(&out, "Content-Type: multipart/alternative; boundary=\"%s\"\n\n--%s\n",
		buf_text(&boundary), buf_text(&boundary));
	status = put_plain_text(edition, &part);
	mime_text_part("text/plain", &part, &out);
	buf_clear(&part);
	put_html(words, &mailed, buf_text(&title), &part);
	buf_printf(&out, "\n--%s\n", buf_text(&boundary));
	mime_text_part("text/html", &part, &out);
	buf_printf(&out, "\n--%s--\n", buf_text(&boundary));
	buf_finish(&part);
	buf_finish(&title);
	buf_finish(&boundary);
	if (status == STATUS_OK)
		return render_write(to, &out);
	buf_finish(&out);
	return status;
}

enum status render_mail(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	(void)section; /* a mail holds all of them */
	return render_mail_to(to, edition,
		edition->mail && edition->mail->to_count > 0 ? edition->mail->to[0] : NULL);
}
