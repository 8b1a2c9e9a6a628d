#include "store/tokens.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct tokenizer {
	fts5_tokenizer inner; /* unicode61 */
	Fts5Tokenizer *words;
};

typedef int token_function(
	void *context, int flags, const char *token, int len, int start, int end);

/*
 * Letters that many people write otherwise, and that are no letter with an accent: those unicode61
 * has taken off before. In small letters, which it has made of them.
 */
static const struct {
	unsigned letter;
	const char *plain;
} plain_letters[] = {
	{0xDF, "ss"},   /* ß */
	{0xE6, "ae"},   /* æ */
	{0x1FD, "ae"},  /* ǽ */
	{0x153, "oe"},  /* œ */
	{0xF8, "o"},    /* ø */
	{0x1FF, "o"},   /* ǿ */
	{0x142, "l"},   /* ł */
	{0x111, "d"},   /* đ */
	{0xF0, "d"},    /* ð */
	{0xFE, "th"},   /* þ */
	{0x127, "h"},   /* ħ */
	{0x167, "t"},   /* ŧ */
	{0x131, "i"},   /* ı */
	{0x133, "ij"},  /* the Dutch ĳ as one letter */
	{0xFB00, "ff"}, /* ligatures, as texts set for print have them */
	{0xFB01, "fi"},
	{0xFB02, "fl"},
	{0xFB03, "ffi"},
	{0xFB04, "ffl"},
};

enum { PLAIN_BYTES = 128 }; /* a longer word is found as it is written only */

/* One text on its way; offsets are of the text as it is written. */
struct pass {
	const char *text;
	void *context;
	token_function *on_token;
};

/* The next character of a script without spaces in a text; its length, 0: there is none. */
static int find_unspaced(const char *text, int from, int end, int *at)
{
	while (from < end) {
		size_t size;

		if (utf8_is_unspaced(utf8_decode(text + from, (size_t)(end - from), &size))) {
			*at = from;
			return (int)size;
		}
		from += (int)size;
	}
	*at = end;
	return 0;
}

/* Those characters begin with a byte from here on: what has none is the usual case. */
static bool may_be_unspaced(const char *token, int len)
{
	for (int i = 0; i < len; i++)
		if ((unsigned char)token[i] >= 0xE0)
			return true;
	return false;
}

static const char *plain_letter(unsigned letter)
{
	/* none of Greek to the forms for printers */
	if (letter > 0x1FF && letter < 0xFB00)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(plain_letters); i++)
		if (plain_letters[i].letter == letter)
			return plain_letters[i].plain;
	return NULL;
}

/* The token in plain letters; its length, 0: it has no others, or is too long. */
static int spell_plainly(const char *token, int len, char plain[PLAIN_BYTES])
{
	int from = 0, size = 0;
	bool is_other = false;

	while (from < len && (unsigned char)token[from] < 0x80)
		from++;
	/* no letter grows */
	if (from == len || len > PLAIN_BYTES)
		return 0;
	for (from = 0; from < len;) {
		size_t bytes;
		const char *letter =
			plain_letter(utf8_decode(token + from, (size_t)(len - from), &bytes));
		size_t put = letter ? strlen(letter) : bytes;

		memcpy(plain + size, letter ? letter : token + from, put);
		size += (int)put;
		from += (int)bytes;
		is_other = is_other || letter;
	}
	return is_other ? size : 0;
}

/*
 * A word, and beside it what it is in plain letters: a text is found by either, and who asks for
 * either finds both. What was indexed before there were two is found as it is written.
 */
static int put(struct pass *pass, int flags, const char *token, int len, int start, int end)
{
	char plain[PLAIN_BYTES];
	int result = pass->on_token(pass->context, flags, token, len, start, end), size;

	size = result == SQLITE_OK ? spell_plainly(token, len, plain) : 0;
	if (size > 0)
		result = pass->on_token(
			pass->context, flags | FTS5_TOKEN_COLOCATED, plain, size, start, end);
	return result;
}

/* A run of letters, cut where a character stands for itself: folding leaves those as they are. */
static int split(void *context, int flags, const char *token, int len, int start, int end)
{
	struct pass *pass = context;
	int from = 0, result = SQLITE_OK;

	if (!may_be_unspaced(token, len))
		return put(pass, flags, token, len, start, end);
	while ((from < len || from == 0) && result == SQLITE_OK) {
		int at, place, size = find_unspaced(token, from, len, &at);

		find_unspaced(pass->text, start, end, &place);
		if (at > from || size == 0)
			result = put(pass, flags, token + from, at - from, start, place);
		if (size == 0)
			return result;
		if (result == SQLITE_OK)
			result = pass->on_token(
				pass->context, flags, token + at, size, place, place + size);
		from = at + size;
		start = place + size;
	}
	return result;
}

static int tokenize(Fts5Tokenizer *handle, void *context, int flags, const char *text, int len,
	token_function *on_token)
{
	struct tokenizer *tokenizer = (struct tokenizer *)handle;
	struct pass pass = {text, context, on_token};

	return tokenizer->inner.xTokenize(tokenizer->words, &pass, flags, text, len, split);
}

static void destroy(Fts5Tokenizer *handle)
{
	struct tokenizer *tokenizer = (struct tokenizer *)handle;

	if (tokenizer->words)
		tokenizer->inner.xDelete(tokenizer->words);
	free(tokenizer);
}

static int create(void *context, const char **args, int count, Fts5Tokenizer **handle)
{
	struct tokenizer *tokenizer = xcalloc(1, sizeof(*tokenizer));
	fts5_api *api = context;
	void *data;
	int result = api->xFindTokenizer(api, "unicode61", &data, &tokenizer->inner);

	if (result == SQLITE_OK)
		result = tokenizer->inner.xCreate(data, args, count, &tokenizer->words);
	*handle = (Fts5Tokenizer *)tokenizer;
	if (result != SQLITE_OK) {
		destroy(*handle);
		*handle = NULL;
	}
	return result;
}

int tokens_create(fts5_api *api)
{
	fts5_tokenizer tokenizer = {create, destroy, tokenize};

	return api->xCreateTokenizer(api, "diurna", api, &tokenizer, NULL);
}
