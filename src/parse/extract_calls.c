/* Lines amid an article that are no part of it, known by what they say: labels of advertisements,
 * and calls to sign up for a newsletter. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum { CALL_WORDS = 30 };

/* All of them may take this share of the chosen words at most. */
static const float calls_share_max = 0.2f;

/* The whole of a label; what has no ASCII letters in it is compared as it stands. */
static const char *const labels[] = {"advertisement", "advertising", "advertorial", "sponsored",
	"sponsored content", "promoted", "anzeige", "werbung", "publicit\xC3\xA9", "publicidad",
	"pubblicit\xC3\xA0", "publicidade", "advertentie", "annonse", "annons", "reklama", "reklam",
	"\xD0\xA0\xD0\xB5\xD0\xBA\xD0\xBB\xD0\xB0\xD0\xBC\xD0\xB0", /* Russian */
	"\xE5\xBA\x83\xE5\x91\x8A",                                 /* Japanese */
	"\xE5\xB9\xBF\xE5\x91\x8A",                                 /* Chinese */
	"\xEA\xB4\x91\xEA\xB3\xA0",                                 /* Korean */
	"continue reading below", "article continues below", "story continues below advertisement",
	"article continues after advertisement", "article continues below advertisement"};

/* One behind the other, what a call has: a paragraph about newsletters says it otherwise. */
static const struct {
	const char *first, *second;
} calls[] = {
	{"sign up for", "newsletter"},
	{"sign up to", "newsletter"},
	{"sign up", "in your inbox"},
	{"sign up", "to your inbox"},
	{"subscribe to our", "newsletter"},
	{"subscribe to the", "newsletter"},
	{"subscribe to get", "inbox"},
	{"subscribe", "mailing list"},
	{"join our", "mailing list"},
	{"join our", "newsletter"},
	{"join the", "mailing list"},
	{"newsletter", "abonnieren"},
	{"abonnieren sie", "newsletter"},
	{"melden sie sich", "newsletter"},
	{"abonnez-vous", "newsletter"},
	{"inscrivez-vous", "newsletter"},
	{"suscr\xC3\xAD"
	 "bete",
		"newsletter"},
	{"suscr\xC3\xAD"
	 "bete",
		"bolet"},
	{"iscriviti", "newsletter"},
	{"assine", "newsletter"},
	{"meld je aan", "nieuwsbrief"},
};

static bool is_label(const char *text, size_t len)
{
	size_t i;

	while (len > 0 && !str_is_alpha(text[len - 1]) && (unsigned char)text[len - 1] < 0x80)
		len--; /* "Advertisement:" */
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		if (strlen(labels[i]) == len && str_istarts(text, labels[i]))
			return true;
	}
	return false;
}

static bool is_call(const char *text)
{
	const char *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(calls); i++) {
		found = str_ifind(text, calls[i].first);
		if (found && str_ifind(found + strlen(calls[i].first), calls[i].second))
			return true;
	}
	return false;
}

void extraction_drop_calls(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	bool *is_found = xcalloc(page->block_count + 1, sizeof(*is_found));
	float all = 0, words = 0;
	size_t i;

	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		if (!x->kept[i])
			continue;
		all += block->words;
		if (block->words > CALL_WORDS)
			continue;
		is_found[i] =
			is_label(block_text(page, i), block->len) ||
			(block->phrases & (1u << PHRASE_SUBSCRIBE) && is_call(block_text(page, i)));
		words += is_found[i] ? block->words : 0;
	}
	for (i = 0; i < page->block_count && words <= all * calls_share_max; i++)
		x->kept[i] = x->kept[i] && !is_found[i];
	free(is_found);
}
