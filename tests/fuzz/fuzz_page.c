/* The article of a page, whole: encoding, filter, tree, metadata, blocks, choice, writing. */
#include "check.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract.h"

#include <libxml/xmlerror.h>
#include <stdlib.h>

static void on_error(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

static void check_article(const struct article *article, enum status status)
{
	must(article->quality >= 0 && article->quality <= 1);
	must((status == STATUS_OK) == (article->text != NULL));
	if (status != STATUS_OK)
		must(!str_is_empty(article->reason) && article->quality == 0);
	else
		must(!str_is_empty(article->text) && article->html);
	if (article->html)
		check_html(article->html);
	if (article->title)
		check_line(article->title);
	if (article->byline)
		check_line(article->byline);
	if (article->excerpt)
		check_line(article->excerpt);
	if (article->site)
		check_line(article->site);
	if (article->section)
		check_line(article->section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job job = {.kind = JOB_PAGE,
		.url = "https://pages.example/2026/11/a-story.html",
		.body = (const char *)data,
		.body_len = size,
		.entry_title = "A story",
		.entry_summary = "<p>What the feed says of it.</p>",
		.entry_published = DATE_NONE};
	struct article article;
	enum status status;

	if (size > 65536) /* libxml2's parser is quadratic in places */
		return 0;
	xmlSetGenericErrorFunc(NULL, on_error);
	article_init(&article);
	status = extract_article(&job, &article);
	check_article(&article, status);
	article_finish(&article);
	return 0;
}
