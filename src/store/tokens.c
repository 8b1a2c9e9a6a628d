#include "store/tokens.h"

#include "core/mem.h"
#include "core/utf8.h"

#include <stdbool.h>
#include <stdlib.h>

struct tokenizer {
	fts5_tokenizer inner; /* unicode61 */
	Fts5Tokenizer *words;
};

typedef int token_function(
	void *context, int flags, const char *token, int len, int start, int end);

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

/* A run of letters, cut where a character stands for itself: folding leaves those as they are. */
static int split(void *context, int flags, const char *token, int len, int start, int end)
{
	struct pass *pass = context;
	int from = 0, result = SQLITE_OK;

	if (!may_be_unspaced(token, len))
		return pass->on_token(pass->context, flags, token, len, start, end);
	while ((from < len || from == 0) && result == SQLITE_OK) {
		int at, place, size = find_unspaced(token, from, len, &at);

		find_unspaced(pass->text, start, end, &place);
		if (at > from || size == 0)
			result = pass->on_token(
				pass->context, flags, token + from, at - from, start, place);
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
