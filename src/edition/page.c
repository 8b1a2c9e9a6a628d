#include "edition/page.h"

#include "core/date.h"
#include "core/str.h"
#include "edition/body.h"
#include "edition/render.h"

#include <openssl/evp.h>
#include <string.h>

/*
 * The policy names our style by its hash: whatever slipped into a text could neither run nor
 * restyle the page. Source: CSP Level 3, 2.3.1.
 */
static void put_policy(const struct page *page, const struct buf *style, struct buf *to)
{
	unsigned char hash[EVP_MAX_MD_SIZE], text[2 * EVP_MAX_MD_SIZE];
	unsigned len = 0;

	text[0] = '\0';
	if (EVP_Digest(buf_text(style), style->len, hash, &len, EVP_sha256(), NULL) == 1)
		EVP_EncodeBlock(text, hash, (int)len);
	buf_printf(to,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'sha256-%s'; img-src 'self' file: https: http: data:; media-src https: http:; "
		"base-uri 'none'; form-action %s\">\n",
		(const char *)text, page->has_form ? "'self'" : "'none'");
}

static void put_style(const struct page *page, struct buf *to)
{
	struct buf style = {0};

	buf_putc(&style, '\n');
	buf_puts(&style, style_css);
	/* A user's CSS cannot end the element; the file's owner would only hurt himself. */
	if (page->style && !str_ifind(page->style, "</style"))
		buf_puts(&style, page->style);
	put_policy(page, &style, to);
	buf_puts(to, "<style>");
	buf_put(to, buf_text(&style), style.len);
	buf_puts(to, "</style>\n");
	buf_finish(&style);
}

void page_open(const struct page *page, struct buf *to)
{
	size_t i;

	buf_printf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		words_tag(page->words));
	buf_puts(to, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
		     "<meta name=\"referrer\" content=\"no-referrer\">\n"
		     "<meta name=\"generator\" content=\"diurna\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	buf_put_escaped(to, page->title);
	buf_puts(to, "</title>\n");
	if (page->description) {
		buf_puts(to, "<meta name=\"description\" content=\"");
		buf_put_escaped(to, page->description);
		buf_puts(to, "\">\n");
	}
	for (i = 0; page->feed && i < feed_form_count; i++) {
		if (!feed_forms[i].is_feed)
			continue;
		buf_printf(to, "<link rel=\"alternate\" type=\"%s\" href=\"", feed_forms[i].type);
		buf_put_escaped(to, page->feed);
		buf_printf(to, ".%s\">\n", feed_forms[i].extension);
	}
	put_style(page, to);
	buf_puts(to, page->is_broad ? "</head>\n<body class=\"broad\">\n" : "</head>\n<body>\n");
	buf_printf(to, "<a class=\"skip\" href=\"#%s\">", page->skip_to);
	buf_put_escaped(to, words_get(page->words, WORD_SKIP));
	buf_puts(to, "</a>\n");
}

void page_close(struct buf *to)
{
	buf_puts(to, "</body>\n</html>\n");
}

void put_link(const char *href, const char *text, const char *attributes, struct buf *to)
{
	buf_puts(to, "<a href=\"");
	buf_put_escaped(to, href);
	buf_printf(to, "\"%s>", attributes);
	buf_put_escaped(to, text);
	buf_puts(to, "</a>");
}

void put_source(const struct edition *edition, const char *url, struct buf *to)
{
	if (body_put_stored(edition, url, to))
		return;
	buf_puts(to, " src=\"");
	buf_put_escaped(to, url);
	buf_putc(to, '"');
}

void put_time(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to)
{
	char iso[DATE_TEXT_BYTES];

	buf_printf(to, "<time datetime=\"%s\">", date_format(item_time(item), iso));
	put_when(words, edition, item, to);
	buf_puts(to, "</time>");
}

/* A tag as it may stand in an attribute: letters, digits, hyphens. */
static bool is_tag(const char *language)
{
	size_t len =
		strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return len >= 2 && len < 36 && language[len] == '\0';
}

void put_language(const struct words *words, const char *language, struct buf *to)
{
	const char *around = words_tag(words);

	if (str_is_empty(language) || !is_tag(language)) {
		buf_puts(to, " dir=\"auto\"");
		return;
	}
	if (!str_ieq(language, around))
		buf_printf(to, " lang=\"%s\"", language);
	if (language_is_rtl(language) != language_is_rtl(around))
		buf_puts(to, language_is_rtl(language) ? " dir=\"rtl\"" : " dir=\"ltr\"");
}

void put_language_back(const struct words *words, const char *language, struct buf *to)
{
	const char *around = words_tag(words);

	if (str_is_empty(language) || !is_tag(language)) { /* it goes as its first letter does */
		buf_puts(to, language_is_rtl(around) ? " dir=\"rtl\"" : " dir=\"ltr\"");
		return;
	}
	if (str_ieq(language, around))
		return;
	buf_printf(to, " lang=\"%s\"", around);
	if (language_is_rtl(language) != language_is_rtl(around))
		buf_puts(to, language_is_rtl(around) ? " dir=\"rtl\"" : " dir=\"ltr\"");
}

void put_around_open(const struct words *words, bool is_top, struct buf *to)
{
	if (!is_top) {
		buf_puts(to, "<p class=\"around\">\n");
		return;
	}
	buf_puts(to, "<nav class=\"around\" aria-label=\"");
	buf_put_escaped(to, words_get(words, WORD_ALL_EDITIONS));
	buf_puts(to, "\">\n");
}

void put_references(const struct words *words, const struct edition_section *section,
	bool is_within, struct buf *to)
{
	struct buf text = {0};
	size_t i;

	if (section->reference_count == 0)
		return;
	buf_puts(to, "<ul class=\"elsewhere\">\n");
	for (i = 0; i < section->reference_count; i++) {
		const struct edition_reference *reference = &section->references[i];

		buf_clear(&text);
		put_elsewhere(words, reference, &text);
		buf_puts(to, "<li>");
		buf_put_escaped(to, buf_text(&text));
		buf_puts(to, "<bdi>");
		buf_clear(&text);
		if (!is_within)
			put_elsewhere_url(reference, "html", &text);
		else if (!reference->edition)
			buf_printf(&text, "#a-%lld", (long long)reference->id);
		if (text.len > 0)
			put_link(buf_text(&text), reference->title, "", to);
		else
			buf_put_escaped(to, reference->title);
		buf_puts(to, "</bdi></li>\n");
	}
	buf_puts(to, "</ul>\n");
	buf_finish(&text);
}

void put_neighbours(const struct words *words, const char *previous, const char *next,
	const char *page, struct buf *to)
{
	struct buf href = {0};

	if (previous) {
		buf_printf(&href, "../%s/%s", previous, page);
		put_link(buf_text(&href), words_get(words, WORD_PREVIOUS), " rel=\"prev\"", to);
		buf_putc(to, '\n');
	}
	if (next) {
		buf_clear(&href);
		buf_printf(&href, "../%s/%s", next, page);
		put_link(buf_text(&href), words_get(words, WORD_NEXT), " rel=\"next\"", to);
		buf_putc(to, '\n');
	}
	buf_finish(&href);
}

void put_imprint_line(
	const struct words *words, const struct edition *edition, int64_t from, struct buf *to)
{
	struct buf text = {0};

	put_imprint(words, edition, from, " \xC2\xB7 ", &text);
	buf_puts(to, "<p class=\"imprint\">");
	buf_put_escaped(to, buf_text(&text));
	buf_puts(to, "</p>\n");
	buf_finish(&text);
}

void put_notes(const char *const *notes, size_t count, struct buf *to)
{
	size_t i;

	if (count == 0)
		return;
	buf_puts(to, "<ul>\n");
	for (i = 0; i < count; i++) {
		buf_puts(to, "<li>");
		buf_put_escaped(to, notes[i]);
		buf_puts(to, "</li>\n");
	}
	buf_puts(to, "</ul>\n");
}
