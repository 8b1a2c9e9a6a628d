/* What HTML the sanitiser keeps: tables of elements and attributes. */
#ifndef DIURNA_PARSE_CLEAN_POLICY_H
#define DIURNA_PARSE_CLEAN_POLICY_H

#include <stdbool.h>
#include <stddef.h>

/* What an element is to the tree construction of WHATWG HTML 13.2.6, as far as it is kept. */
enum clean_flag {
	CLEAN_KEEP = 1,          /* its tags are written */
	CLEAN_VOID = 2,          /* has no end tag */
	CLEAN_SPECIAL = 4,       /* of the category "special" */
	CLEAN_CLOSES_P = 8,      /* its start tag closes an open p */
	CLEAN_FORMAT = 16,       /* of the category "formatting" */
	CLEAN_DROP = 32,         /* goes with what is in it */
	CLEAN_RAW = 64,          /* its inside is no markup */
	CLEAN_BREAKS = 128,      /* stands on a line of its own: a space where it is dropped */
	CLEAN_IMPLIED_END = 256, /* may be closed without an end tag */
};

/* Elements with a rule of their own. */
enum clean_rule {
	CLEAN_PLAIN,
	CLEAN_A,
	CLEAN_P,
	CLEAN_PRE,
	CLEAN_HEADING,
	CLEAN_LI,
	CLEAN_DD,  /* dd and dt */
	CLEAN_DIV, /* address and div, through which li and dd are closed */
	CLEAN_IMG,
	CLEAN_MEDIA, /* audio, video */
	CLEAN_SOURCE,
	CLEAN_RUBY,
	CLEAN_RT, /* rt and rp */
	CLEAN_TABLE,
	CLEAN_CAPTION,
	CLEAN_COLGROUP,
	CLEAN_COL,
	CLEAN_SECTION, /* thead, tbody, tfoot */
	CLEAN_TR,
	CLEAN_CELL, /* td, th */
};

struct clean_element {
	const char *name;
	unsigned flags; /* of enum clean_flag */
	enum clean_rule rule;
};

enum clean_value {
	CLEAN_TEXT,   /* any text */
	CLEAN_NUMBER, /* digits, perhaps with % */
	CLEAN_WORD,   /* letters, digits, '-' */
	CLEAN_LINK,   /* a URL to go to */
	CLEAN_SRC,    /* a URL that is loaded; a small data: image where it is an img's src */
	CLEAN_SRCSET,
	CLEAN_FLAG, /* present or not */
};

struct clean_attribute {
	const char *element; /* NULL: of every element */
	const char *name;
	enum clean_value value;
};

/* The row of an element, by a name of any case; NULL: unknown, its tags are dropped. */
const struct clean_element *clean_element(const char *name, size_t len);
/* The row of an attribute of that element; NULL: it is dropped. */
const struct clean_attribute *clean_attribute(
	const struct clean_element *element, const char *name, size_t len);
/* The scheme of an absolute URL may be linked to, or loaded from. Relative ones may. */
bool clean_may_link(const char *url);
bool clean_may_load(const char *url);
/* A data: URL of a raster image that is small. */
bool clean_is_small_image(const char *url);

#endif
