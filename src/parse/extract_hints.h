/*
 * Words that say what a part of a page is: in class and id names of elements, and in the text of
 * short blocks. Features of the block model, no verdicts.
 */
#ifndef DIURNA_PARSE_EXTRACT_HINTS_H
#define DIURNA_PARSE_EXTRACT_HINTS_H

#include <stddef.h>
#include <stdint.h>

/* What names of classes and ids hint at. The order is that of the model's features. */
enum hint {
	HINT_ARTICLE,
	HINT_CONTENT,
	HINT_MAIN,
	HINT_COMMENT,
	HINT_FORUM,
	HINT_NAV,
	HINT_HEADER,
	HINT_FOOTER,
	HINT_SIDE,
	HINT_SHARE,
	HINT_RELATED,
	HINT_AD,
	HINT_NEWSLETTER,
	HINT_META,
	HINT_AUTHOR,
	HINT_CAPTION,
	HINT_POPUP,
	HINT_TOC,
	HINT_HIDDEN,
	HINT_CARD,
	HINT_DOC,
	HINT_NOTE,
	HINT_TITLE,
	HINT_LIST,
	HINT_QUOTE,
	HINT_FOLD,
	HINT_SCREEN,
	HINT_COUNT
};

/* What words of a short text hint at. */
enum phrase {
	PHRASE_SUBSCRIBE,
	PHRASE_SHARE,
	PHRASE_COOKIE,
	PHRASE_COPYRIGHT,
	PHRASE_MORE,
	PHRASE_RELATED,
	PHRASE_COMMENT,
	PHRASE_AD,
	PHRASE_BYLINE,
	PHRASE_CREDIT,
	PHRASE_CTA,
	PHRASE_LOGIN,
	PHRASE_TAGS,
	PHRASE_DATE,
	PHRASE_AFFILIATE,
	PHRASE_COUNTS,
	PHRASE_AUTHOR,
	PHRASE_PAGER,
	PHRASE_CONTENTS,
	PHRASE_WALL,
	PHRASE_OURS,
	PHRASE_VISIT,
	PHRASE_SHOP,
	PHRASE_COUNT
};

/* Bits (1 << enum hint) of a class, an id or another attribute that names a part. */
uint32_t hints_of_name(const char *name);
/* Bits (1 << enum phrase) of a text; only its first 400 bytes are looked at. */
uint32_t hints_of_text(const char *text, size_t len);

#endif
