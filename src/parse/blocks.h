/*
 * A page as blocks: the runs of text that stand on their own, in order, and the elements that hold
 * them. What extraction works on.
 */
#ifndef DIURNA_PARSE_BLOCKS_H
#define DIURNA_PARSE_BLOCKS_H

#include "core/buf.h"
#include "parse/extract_hints.h"
#include "parse/tag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCK_NONE = UINT32_MAX };

/* An element that begins a line. The first one holds all others. */
struct element {
	xmlNode *node;
	uint32_t parent;      /* index; the first is its own */
	uint32_t end;         /* one past its last descendant */
	uint32_t first_block; /* first_block to end_block - 1 are within it */
	uint32_t end_block;
	uint32_t hints;     /* enum hint, as bits, of class, id, role and the like */
	uint32_t signature; /* hash of name and class, of its own and of its parent's */
	uint16_t depth;
	uint8_t tag;   /* enum tag */
	uint8_t level; /* of a heading: 1 to 6 */
	bool is_hidden;
	float words;          /* of all blocks within */
	float link_words;     /* ... within links */
	float prose;          /* words of blocks that read like sentences */
	float links, anchors; /* of all blocks within */
};

struct block {
	uint32_t element;  /* the innermost that holds it */
	uint32_t text;     /* where its text begins in page_blocks.text */
	uint32_t len;      /* bytes; a NUL follows */
	uint32_t hints;    /* of inline elements within */
	uint32_t phrases;  /* enum phrase, as bits */
	uint64_t hash;     /* of its letters and digits, without case */
	uint32_t original; /* the first block with the same hash; itself as a rule */
	float words;       /* words; two characters of a script without spaces are one */
	float link_words;
	float button_words; /* ... within buttons */
	uint16_t links, images, commas, stops, digits, uppers, chars;
	uint16_t anchors; /* links to a place on the same page */
	bool is_link;     /* all of it is within a link that holds blocks */
};

/* Words of a block that only screen readers say (", opens in a new tab"), or a button in a heading.
 */
struct unseen {
	uint32_t block;
	uint32_t at, len; /* bytes, from where its text begins */
};

struct page_blocks {
	struct buf text;
	struct unseen *unseen; /* in order */
	size_t unseen_count, unseen_space;
	struct element *elements;
	size_t element_count, element_space;
	struct block *blocks;
	size_t block_count, block_space;
	float words, link_words, prose; /* of the whole page */
	bool is_cut;                    /* LIMIT of blocks reached */
};

/*
 * Take a tree apart. Each text node and picture remembers, in _private, 1 + the index of the block
 * that it is part of, or of the next one.
 */
void blocks_read(xmlDoc *doc, struct page_blocks *page);
void blocks_finish(struct page_blocks *page);

/* ... without what is not seen, unless that is all of it. */
void block_put(const struct page_blocks *page, size_t index, struct buf *to);
/* Whether a text node is among them: it is part of the block all the same. */
bool block_is_unseen(const struct page_blocks *page, size_t index, const xmlNode *text);
/* Whether an inline element holds words for screen readers alone. class_name: its own, or NULL. */
bool node_is_unseen(const xmlNode *node, const char *class_name);
/* Whether it is the box of a program that asks for consent to cookies: no part of any article. */
bool node_asks_consent(const xmlNode *node);
const char *block_text(const struct page_blocks *page, size_t index);
/* Hints of a block and of so many elements around it. */
uint32_t block_hints(const struct page_blocks *page, size_t index, int levels);
/* By its own name; block_hints looks around it, too. */
bool element_is_hinted(const struct element *element, enum hint hint);
bool block_says(const struct block *block, enum phrase phrase);
/* 1 + the index that blocks_read noted; 0: none. */
size_t block_of_node(const xmlNode *node);
/* Hash of the letters and digits of a text, ASCII case aside; 0: it has none. */
uint64_t text_hash(const char *text, size_t len);

#endif
