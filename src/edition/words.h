/*
 * The fixed words of a digest in the languages that it can be written in, and its dates. One row
 * of words_table.c a language.
 */
#ifndef DIURNA_EDITION_WORDS_H
#define DIURNA_EDITION_WORDS_H

#include "core/buf.h"

#include <stdint.h>

enum word {
	WORD_CONTENTS,
	WORD_SKIP,     /* "Skip to the stories" */
	WORD_PREVIOUS, /* edition */
	WORD_NEXT,     /* edition */
	WORD_FRONT_PAGE,
	WORD_ALL_EDITIONS,
	WORD_LATEST,   /* edition */
	WORD_EDITION,  /* "No. #" */
	WORD_BY,       /* "By #" */
	WORD_ORIGINAL, /* "Read the original at #" */
	WORD_ALSO,     /* "Also reported by" */
	WORD_SEE_ALSO, /* "See also in #": another section, before a title */
	WORD_ATTACHED, /* files attached to an article */
	WORD_EARLIER,  /* heading of stories older than the window */
	WORD_UPDATED,  /* heading of stories printed before and changed since */
	WORD_WHOLE,    /* opens the whole text of an updated story */
	WORD_EMPTY,    /* nothing arrived */
	WORD_END,      /* "That is all for today." */
	WORD_ABOUT,    /* heading of the foot */
	WORD_WINDOW,   /* "What arrived from #" */
	WORD_UNTIL,    /* "until #" */
	WORD_MORE,     /* "All of #": the section's digest */
	WORD_TOP,      /* back to the contents */
	WORD_FORMATS,  /* "This edition as" */
	WORD_FEEDS,    /* heading of the feeds' health */
	WORD_FEED,     /* columns of that table */
	WORD_LAST_NEW,
	WORD_RHYTHM,
	WORD_STATE,
	WORD_STATE_OK,
	WORD_STATE_FAILING, /* "failing since #" */
	WORD_VOLUME,        /* caption of the calendar */
	WORD_TITLE_BEFORE,  /* of an updated story: "Headline before: #" */
	WORD_ADDED,         /* heading of what is new in it */
	WORD_REMOVED,       /* and of what is gone */
	WORD_NOT_READ,      /* of the foot: "# could not be read since @: " and why */
	WORD_GAP,           /* of the foot: entries of # may be missing */
	WORD_SEARCH,        /* of the web pages: the button, the heading */
	WORD_NO_MATCH,      /* "Nothing matches." */
	WORD_UNTITLED,      /* stands for a headline that is not there */
	WORD_MADE,          /* "Made with diurna #": the version */
	WORD_TAGS,          /* before the categories of an article */
	WORD_RAISED,        /* "Raised by your rule #" */
	WORD_MOVED,         /* of the foot: "# has moved to @" */
	WORD_WEEK,          /* "The week": behind the name of the newspaper */
	WORD_COUNT
};

enum counted {
	COUNTED_STORIES,
	COUNTED_SOURCES,
	COUNTED_ARTICLES, /* stories and what was folded into them */
	COUNTED_MINUTES,  /* "5 min read" */
	COUNTED_BACKLOG,  /* sentences of the foot: entries of new feeds that are not printed */
	COUNTED_DROPPED,  /* items that a rule left out */
	COUNTED_UNREAD,   /* articles whose page could not be read */
	COUNTED_SILENT,   /* feeds that brought nothing for long */
	COUNTED_GONE,     /* articles whose text the store has no longer */
	COUNTED_WORDS,    /* "12,400 words" */
	COUNTED_WALLED,   /* sentence of the foot: articles of which only the beginning is free */
	COUNTED_MAX
};

struct words; /* one language */

/* The row of a BCP 47 tag, by its language alone; English where there is none, or for NULL. */
const struct words *words_find(const char *language);
/* The tag of the row itself, for lang attributes. */
const char *words_tag(const struct words *words);

const char *words_get(const struct words *words, enum word word);
/* Between a word and what it is about: ": ". */
const char *words_colon(const struct words *words);
/* A word that stands above what it is about: "Contents:". */
void words_label(const struct words *words, const char *text, struct buf *to);
/* The word with # replaced by value. */
void words_put(const struct words *words, enum word word, const char *value, struct buf *to);
/* A reason of core/reason, alone or behind "HTTP 404, "; what is none of them is copied. */
void words_reason(const struct words *words, const char *reason, struct buf *to);
/* "14 stories", in the right plural. */
void words_count(const struct words *words, enum counted counted, int64_t n, struct buf *to);

/* "Sunday, 22 November 2026". month 1 to 12. */
void words_date(const struct words *words, int year, int month, int day, struct buf *to);
/* The day of a moment in a zone, with its year where that is not the year of date ("2026-11-22").
 */
void words_day_of(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to);
/* The word with # replaced by value and @ by day. */
void words_put_day(const struct words *words, enum word word, const char *value, const char *day,
	struct buf *to);
/* "Nov": short enough for a drawing. */
void words_month_name(const struct words *words, int month, struct buf *to);
/* "November 2026". */
void words_month(const struct words *words, int year, int month, struct buf *to);
/* "2026-11-22" as words_date; what is no date is copied. */
void words_iso_date(const struct words *words, const char *date, struct buf *to);
/*
 * A moment in an IANA zone as short as it can be said on that date ("2026-11-22"): "06:12", "21
 * November, 18:40", or with the year.
 */
void words_moment(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to);

#endif
