/* Names and addresses out of one line: "mail (Name)", "Name (mail)", "Name <mail>". */
#include "parse/feed_build.h"

#include "core/str.h"
#include "parse/metadata.h"

#include <string.h>

/* name@host without spaces, brackets or quotes; host may lack a dot, people write such. */
static bool is_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at && at > text && at[1] && !strpbrk(text, " \t<>()\",;/");
}

static char *without_mailto(char *text)
{
	return str_istarts(text, "mailto:") ? text + 7 : text;
}

/* Splits "outer OPEN inner CLOSE"; false where text is not so. */
static bool split_brackets(char *text, char open, char close, char **inner)
{
	char *from = strrchr(text, open), *to = from ? strrchr(from, close) : NULL;

	if (!to || to[1] != '\0')
		return false;
	*to = '\0';
	*from = '\0';
	*inner = str_trim(from + 1);
	return true;
}

static char *unquoted(char *name)
{
	size_t len = strlen(name);

	if (len >= 2 && name[0] == '"' && name[len - 1] == '"') {
		name[len - 1] = '\0';
		name++;
	}
	return str_trim(name);
}

/* "mail Name" or "Name mail"; false where text is not so. Both may be cut out of it. */
static bool split_words(char *text, char **address, char **name)
{
	char *space = strchr(text, ' ');

	if (!space)
		return false;
	*space = '\0';
	*address = without_mailto(text);
	*name = str_trim(space + 1);
	if (is_address(*address))
		return true;
	*space = ' ';
	space = strrchr(text, ' ');
	if (!is_address(without_mailto(space + 1)))
		return false;
	*space = '\0';
	*address = without_mailto(space + 1);
	*name = str_trim(text);
	return true;
}

/* "By A. Name and B. Name, Staff writers", as it stands on the page: the names alone. */
static bool add_byline(struct feed_build *b, int rank, const char *text)
{
	struct value_list names = {0};
	size_t i;

	if (!str_istarts(text, "by "))
		return false;
	metadata_names(b->arena, text, &names);
	for (i = 0; i < names.count; i++)
		build_add_author(b, rank, names.values[i], NULL, NULL);
	return names.count > 0;
}

void build_add_person(struct feed_build *b, int rank, const char *text)
{
	char *outer, *inner = NULL, *address = NULL, *name = NULL;

	if (!text || add_byline(b, rank, text))
		return;
	outer = arena_strdup(b->arena, text);
	if (split_brackets(outer, '(', ')', &inner) || split_brackets(outer, '<', '>', &inner)) {
		outer = str_trim(outer);
		if (is_address(without_mailto(inner))) {
			address = without_mailto(inner);
			name = outer;
		} else if (is_address(without_mailto(outer))) {
			address = without_mailto(outer);
			name = inner;
		} else { /* "Name (nickname)" is a name as a whole */
			name = arena_strdup(b->arena, text);
		}
	} else if (is_address(without_mailto(outer))) {
		address = without_mailto(outer);
	} else if (!split_words(outer, &address, &name)) {
		address = NULL;
		name = outer;
	}
	if (name)
		name = unquoted(name);
	build_add_author(b, rank, name && *name ? name : NULL, address, NULL);
}
