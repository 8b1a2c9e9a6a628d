/* The steps of extraction, for extract.c and the programs that train and measure the model. */
#ifndef DIURNA_PARSE_EXTRACT_STEPS_H
#define DIURNA_PARSE_EXTRACT_STEPS_H

#include "core/arena.h"
#include "core/job.h"
#include "parse/blocks.h"
#include "parse/extract_features.h"
#include "parse/html.h"
#include "parse/metadata.h"
#include "parse/rules.h"

#include <stdbool.h>

enum { HASHES_MAX = 2000 }; /* blocks of a page that a site's memory learns from */

struct extraction {
	const struct job *job;
	struct arena *arena; /* of the article */
	struct html_page html;
	struct metadata meta;
	struct page_blocks blocks;
	struct page_signals signals;
	struct rule_result rule; /* empty where the job has none */
	float *rows;             /* blocks.block_count rows of FEATURE_COUNT_2 features */
	float *scores;           /* probability of each block to be part of the article */
	bool *kept;              /* the blocks chosen */
};

/* Reads page, metadata and blocks. STATUS_UNSUPPORTED, STATUS_SYNTAX: as html_read. */
enum status extraction_read(struct extraction *x, const struct job *job, struct arena *arena);
void extraction_finish(struct extraction *x);

/* Documentation, by its address or the program that made it; a blog beside it is none. */
bool extraction_is_manual(const struct extraction *x);

/* Fills rows and scores by both stages of the model. */
void extraction_score(struct extraction *x);
/* Fills kept from scores. */
void extraction_choose(struct extraction *x);
/* A table that is there to place what is in it. */
bool is_layout(const struct element *table);

/*
 * Corrects kept by what the model does not see: other stories on the page, teasers, copies, blocks
 * that recur on the site and the title go; a standfirst comes in.
 */
void extraction_correct(struct extraction *x);

/* ... one after the other; the last row is empty. */
struct correction {
	const char *name;
	void (*run)(struct extraction *x);
};
extern const struct correction extract_corrections[];

/* The first and one past the last block kept. */
size_t extraction_kept_span(const struct extraction *x, size_t *end);
/* Within an element of this kind, so many levels above block i at most. */
bool extraction_is_within(const struct page_blocks *page, size_t i, enum tag tag, int levels);
/* Of a box that leads elsewhere. */
bool extraction_is_in_box(const struct page_blocks *page, size_t i);
/* "ReviewProsCons", "pros-and-cons": what a review finds good and bad. */
bool extraction_is_verdict(const struct element *element);
/* Letters and digits alone, without ASCII case: what is said, however it is quoted. */
void extraction_put_said(const char *text, size_t len, struct buf *to);
/* Words kept of an element. */
float extraction_kept_words(const struct extraction *x, const struct element *element);
/* Nothing of it is kept. */
void extraction_drop(struct extraction *x, const struct element *element);

/* Corrections: other stories on the page. */
void extraction_drop_stories(struct extraction *x);
void extraction_drop_teasers(struct extraction *x);
void extraction_drop_story_lists(struct extraction *x);
/* ... boxes amid the text, comments below it. */
void extraction_drop_boxes(struct extraction *x);
void extraction_drop_comments(struct extraction *x);
/* ... what stands above it. */
void extraction_add_standfirst(struct extraction *x);
void extraction_drop_title(struct extraction *x);
void extraction_drop_byline(struct extraction *x);
/* Block i, between headline and text, is what metadata say of the article. headline: BLOCK_NONE
 * where there is none. */
bool extraction_is_own_standfirst(const struct extraction *x, size_t headline, size_t i);
/* ... labels of advertisements, calls to sign up; what stands amid the paragraphs. */
void extraction_drop_calls(struct extraction *x);
/* Nothing but a link to another place on the page. */
bool extraction_is_skip_link(const struct page_blocks *page, size_t i);
/* Nothing but a label such as "Advertisement". */
bool extraction_is_ad_label(const struct page_blocks *page, size_t i);
/* A short line that counts or handles, as "9 Likes" and "[edit]" do. */
bool extraction_is_count(const struct extraction *x, size_t i);
/*
 * The elements that hold most of the sentences kept: editors that put each paragraph into boxes of
 * its own repeat them. 0: there are none.
 */
uint32_t extraction_usual_signature(const struct extraction *x, uint16_t *depth);
/* The lines above and below a post of a thread: who wrote it, the title again. */
bool extraction_heads_post(const struct extraction *x, size_t i);
void extraction_drop_opinions(struct extraction *x);
void extraction_add_footnotes(struct extraction *x);
void extraction_drop_bare_labels(struct extraction *x);
void extraction_add_alike(struct extraction *x);
void extraction_drop_galleries(struct extraction *x);
void extraction_drop_captions(struct extraction *x);
void extraction_drop_wall(struct extraction *x);
void extraction_add_quotations(struct extraction *x);
void extraction_add_questions(struct extraction *x);
/* A quotation called a comment, with a paragraph that is kept behind it: no comment on the article.
 */
bool extraction_is_answered(const struct extraction *x, const struct element *quote);
void extraction_drop_pull_quotes(struct extraction *x);
void extraction_drop_link_lines(struct extraction *x);
void extraction_drop_link_lists(struct extraction *x);
/* What is known by shape and place: headings and quotations amid paragraphs come in; boxes with a
 * button, pointers and what signs the article go. */
void extraction_add_amid(struct extraction *x);
/* "Ada Lind", "Ada Lind Follow": no more than the name of one who metadata say wrote the article.
 */
bool extraction_names_author(
	const struct extraction *x, const struct block *block, const char *text);
void extraction_drop_shapes(struct extraction *x);
/* For the HTML alone: what the pictures amid the text show. */
void extraction_add_captions(struct extraction *x);
/* Keep what a site's rule names, all of it. False: its body is not there; kept is as before. */
bool extraction_keep_bodies(struct extraction *x, const struct rule_result *rule);

/* The blocks kept as plain text. */
void extraction_put_text(const struct extraction *x, struct buf *to);
/* ... as sanitised HTML. The tree is pruned to them: last of all. */
void extraction_put_html(struct extraction *x, struct buf *to);
void extraction_put_hashes(const struct extraction *x, struct article *article);

/* Quality, truncation and reason of what was chosen from the page. */
void extraction_judge(const struct extraction *x, struct article *article);
/* Takes JSON-LD's body or the feed's content instead where the page's own text is poor. */
void extraction_compare(const struct extraction *x, struct article *article);
/* Words in the sense of blocks.h: scripts without spaces count two characters as one. */
float count_words(const char *text);

#endif
