/* Feed links of pages, outlines of OPML. */
#include "check.h"

#include "parse/charset.h"
#include "parse/links.h"

static void check(const struct answer *answer)
{
	size_t i;

	for (i = 0; i < answer->link_count; i++)
		check_line(answer->links[i].title);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job job = {
		.body = (const char *)data, .body_len = size, .url = "https://pages.example/a"};
	struct answer answer;

	charset_prepare();
	answer_init(&answer);
	links_of_page(&job, &answer);
	check(&answer);
	answer_finish(&answer);
	answer_init(&answer);
	links_of_opml(&job, &answer);
	check(&answer);
	answer_finish(&answer);
	return 0;
}
