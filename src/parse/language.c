#include "parse/language.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	WORDS_MAX = 200, /* of a text that are looked at */
	WORD_BYTES = 12, /* longer ones are none of ours */
	FEW_HITS = 8,    /* so many small words tell a language */
	MANY_HITS = 20,  /* ... against what the page says of itself */
	SCRIPT_BYTES = 4000,
};

/* Small words, each with a space before and behind. */
static const struct {
	const char *tag, *words;
} languages[] = {
	{"en", " the of and to in is that for was with it as on are this be by have not from at "},
	{"de", " der die und in den das nicht von zu mit ist auf f\xC3\xBCr ein eine dem sich des "
	       "auch im "},
	{"fr", " le la les de des et \xC3\xA0 un une du que est pour dans qui pas sur au ne plus "},
	{"es", " el la los de que y en un una se del las por con no para es al lo m\xC3\xA1s "},
	{"it", " di che il la e un per in \xC3\xA8 una non del della con sono si le da gli nel "},
	{"pt", " o a de que e do da em um para n\xC3\xA3o uma os com no na se por mais as "},
	{"nl", " de het een van en in is dat op te zijn voor met niet aan er om ook als "},
	{"sv", " och att det i en som p\xC3\xA5 \xC3\xA4r av f\xC3\xB6r med till den inte ett om "
	       "har de "},
	{"da", " og i at det er en til p\xC3\xA5 som af for med den der de ikke har et "},
	{"nb", " og i det er en til p\xC3\xA5 som av for med den ikke har et \xC3\xA5 fra "},
	{"fi", " ja on ei ett\xC3\xA4 se oli h\xC3\xA4n mutta my\xC3\xB6s kun ovat tai joka "},
	{"pl", " w i na z \xC5\xBC"
	       "e si\xC4\x99 nie do to jest o jak po od za przez dla s\xC4\x85 "},
	{"cs", " a se v na je \xC5\xBE"
	       "e s z do o to i ve pro za jsou ale jako "},
	{"hu", " a az \xC3\xA9s hogy nem is egy ez van meg volt csak "},
	{"ro", " \xC8\x99i de \xC3\xAEn la cu a pe care nu din este pentru mai s\xC4\x83 "},
	{"tr", " ve bir bu da de i\xC3\xA7in ile olarak olan daha \xC3\xA7ok gibi "},
	{"id", " yang dan di dengan untuk dari ini itu pada tidak dalam akan "},
	{"ru", " \xD0\xB8 \xD0\xB2 \xD0\xBD\xD0\xB5 \xD0\xBD\xD0\xB0 \xD1\x87\xD1\x82\xD0\xBE "
	       "\xD1\x81 \xD0\xBA\xD0\xB0\xD0\xBA \xD1\x8D\xD1\x82\xD0\xBE \xD0\xBF\xD0\xBE "
	       "\xD0\xB8\xD0\xB7 \xD0\xB4\xD0\xBB\xD1\x8F "},
	{"uk", " \xD1\x96 \xD0\xB2 \xD0\xBD\xD0\xB5 \xD0\xBD\xD0\xB0 \xD1\x89\xD0\xBE \xD0\xB7 "
	       "\xD1\x8F\xD0\xBA \xD1\x86\xD0\xB5 \xD0\xB4\xD0\xBE \xD0\xB4\xD0\xBB\xD1\x8F "
	       "\xD1\x82\xD0\xB0 "},
};

/* Scripts and the language that most of what is written in them is in. */
static const struct {
	unsigned from, to;
	const char *tag;
} scripts[] = {
	{0x0370, 0x03FF, "el"}, {0x0530, 0x058F, "hy"}, {0x0590, 0x05FF, "he"},
	{0x0600, 0x06FF, "ar"}, {0x0900, 0x097F, "hi"}, {0x0980, 0x09FF, "bn"},
	{0x0A00, 0x0A7F, "pa"}, {0x0A80, 0x0AFF, "gu"}, {0x0B00, 0x0B7F, "or"},
	{0x0B80, 0x0BFF, "ta"}, {0x0C00, 0x0C7F, "te"}, {0x0C80, 0x0CFF, "kn"},
	{0x0D00, 0x0D7F, "ml"}, {0x0D80, 0x0DFF, "si"}, {0x0E00, 0x0E7F, "th"},
	{0x0E80, 0x0EFF, "lo"}, {0x0F00, 0x0FFF, "bo"}, {0x1000, 0x109F, "my"},
	{0x10A0, 0x10FF, "ka"}, {0x1200, 0x137F, "am"}, {0x1780, 0x17FF, "km"},
	{0x3040, 0x30FF, "ja"}, {0xAC00, 0xD7AF, "ko"},
	{0x4E00, 0x9FFF, "zh"}, /* last: Japanese and Korean texts have these too */
};

/* Urdu has letters that Persian has not, which has others than Arabic. */
static const char *language_of_arabic(const char *text)
{
	static const char urdu[] = "\xD9\xB9 \xDA\x88 \xDA\x91 \xDB\x92 \xDA\xBA ",
			  persian[] = "\xD9\xBE \xDA\x86 \xDA\x98 \xDA\xAF \xDB\x8C \xDA\xA9 ",
			  arabic[] = "\xD8\xA9 \xD9\x8A \xD9\x83 \xD8\xA5 ";
	size_t of_urdu = 0, of_persian = 0, of_arabic = 0, i;
	char letter[3] = "";

	for (i = 0; text[i] && text[i + 1] && i < SCRIPT_BYTES; i++) {
		if ((unsigned char)text[i] < 0xD8 || (unsigned char)text[i] > 0xDB)
			continue;
		memcpy(letter, text + i++, 2);
		of_urdu += strstr(urdu, letter) != NULL;
		of_persian += strstr(persian, letter) != NULL;
		of_arabic += strstr(arabic, letter) != NULL;
	}
	if (of_urdu * 4 > of_persian)
		return "ur";
	return of_persian > of_arabic ? "fa" : "ar";
}

/* A tenth of the letters tells a script; NULL: an alphabet of many languages. */
static const char *language_of_script(const char *text)
{
	size_t counts[ARRAY_LEN(scripts)] = {0}, letters = 0, len = strlen(text), at = 0, size, i;
	unsigned c;

	for (; at < len && letters < 2000; at += size) {
		c = utf8_decode(text + at, len - at, &size);
		letters += c >= 0x80 || str_is_alpha((char)c);
		for (i = 0; c >= 0x370 && i < ARRAY_LEN(scripts); i++)
			counts[i] += c >= scripts[i].from && c <= scripts[i].to;
	}
	for (i = 0; i < ARRAY_LEN(scripts); i++) {
		if (counts[i] > 10 && counts[i] * 10 > letters)
			return str_eq(scripts[i].tag, "ar") ? language_of_arabic(text)
							    : scripts[i].tag;
	}
	return NULL;
}

/* How many of a text's first words the languages from first to last have; returns the words. */
static size_t count_words(const char *text, size_t first, size_t last, unsigned *hits)
{
	char word[WORD_BYTES + 3] = " ";
	size_t len, i, count = 0;

	while (*text && count < WORDS_MAX) {
		len = 0;
		while ((unsigned char)text[len] >= 0x80 || str_is_alpha(text[len]))
			len++;
		if (len > 0 && len <= WORD_BYTES) {
			for (i = 0; i < len; i++)
				word[1 + i] = str_lower_char(text[i]);
			word[1 + len] = ' ';
			word[2 + len] = '\0';
			for (i = first; i <= last; i++)
				hits[i] += strstr(languages[i].words, word) != NULL;
		}
		count += len > 0;
		text += len ? len : 1;
	}
	return count;
}

static bool is_tag(const char *said, const char *tag)
{
	return str_istarts(said, tag) && (!said[2] || said[2] == '-');
}

/* Index of the language that is said; ARRAY_LEN(languages): its words are not known. */
static size_t find(const char *said)
{
	size_t i;

	if (is_tag(said, "no") || is_tag(said, "nn"))
		said = "nb";
	for (i = 0; i < ARRAY_LEN(languages) && !is_tag(said, languages[i].tag); i++)
		continue;
	return i;
}

const char *language_of(const char *text, const char *said)
{
	unsigned hits[ARRAY_LEN(languages)] = {0};
	size_t best = 0, second = 1, i, own;
	const char *script;

	if (str_is_empty(text))
		return said;
	own = said ? find(said) : 0;
	if (said && own == ARRAY_LEN(languages))
		return said;
	/* the common case: every sixth word is one of the language that is said */
	if (said && count_words(text, own, own, hits) < hits[own] * 6)
		return said;
	script = language_of_script(text);
	if (script)
		return script;
	memset(hits, 0, sizeof(hits));
	count_words(text, 0, ARRAY_LEN(languages) - 1, hits);
	for (i = 1; i < ARRAY_LEN(languages); i++) {
		if (hits[i] > hits[best]) {
			second = best;
			best = i;
		} else if (second == best || hits[i] > hits[second]) {
			second = i;
		}
	}
	if (said && own == best)
		return said;
	if (said)
		return hits[best] >= MANY_HITS && hits[own] * 3 < hits[best] ? languages[best].tag
									     : said;
	return hits[best] >= FEW_HITS && hits[best] * 4 > hits[second] * 5 ? languages[best].tag
									   : NULL;
}
