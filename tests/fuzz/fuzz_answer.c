/* What a parser answers, and what it is asked: neither side trusts the other. */
#include "check.h"

#include "core/job.h"
#include "core/mem.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

static void check_str(const char *text)
{
	if (text && !utf8_is_valid(text, strlen(text)))
		abort();
}

/* What was taken can be written, taken again, and is the same. */
static void check_answer(const struct answer *answer)
{
	struct buf once = {0}, twice = {0};
	struct answer again;
	size_t i;

	check_str(answer->message);
	check_str(answer->feed.title);
	check_str(answer->article.html);
	for (i = 0; i < answer->link_count; i++)
		check_str(answer->links[i].url);
	answer_put(&once, answer);
	answer_init(&again);
	if (answer_get(once.data, once.len, &again) != STATUS_OK)
		abort();
	answer_put(&twice, &again);
	if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
		abort();
	answer_finish(&again);
	buf_finish(&once);
	buf_finish(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct answer answer;
	struct job job;

	answer_init(&answer);
	if (answer_get(data, size, &answer) == STATUS_OK)
		check_answer(&answer);
	answer_finish(&answer);
	job_get(data, size, &job, &arena);
	arena_finish(&arena);
	return 0;
}
