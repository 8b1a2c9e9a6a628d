/* What language a text is in, by its script and by the small words that every sentence has. */
#ifndef DIURNA_PARSE_LANGUAGE_H
#define DIURNA_PARSE_LANGUAGE_H

/*
 * The language of a text: said, if the text does not contradict it, else the language of its words,
 * else said again. said may be NULL; so may the result. A language whose words are not known is
 * believed.
 */
const char *language_of(const char *text, const char *said);

#endif
