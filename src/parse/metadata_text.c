#include "parse/metadata.h"

#include "core/date_names.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_WORDS = 6,
	NAME_BYTES = 80,
	WORDS_MAX = 64, /* of a text that a date is looked for in */
	BUDDHA = 543,   /* years before our era */
};

static bool has_any(const char *part, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (str_ifind(part, words[i]))
			return true;
	}
	return false;
}

/* Trades that stand beside names; alone they may be all there is: "Staff Writer". */
static bool is_role(const char *part)
{
	static const char *const roles[] = {"staff", "editor", "writer", "reporter",
		"correspondent", "contributor", "author", "journalist", "columnist", "analyst",
		"producer", "manager", "director", "founder", "ceo", "president", "specialist",
		"expert", "strategist", "consultant", "team lead", "photograph", "redakt",
		"officer", "marketing"};

	return has_any(part, roles, ARRAY_LEN(roles));
}

bool metadata_is_outlet(const char *part)
{
	static const char *const any[] = {"news", "sports", "sport", "today", "times", "agency",
		"magazine", "tribune", "herald", "gazette", "radio", "tv", "network", "media",
		"newspapers", "newsroom", "bureau", "online", "service"};
	static const char *const long_ones[] = {"post", "press", "daily", "journal", "report"};
	const char *last = strrchr(part, ' ');
	bool is_long = last && memchr(part, ' ', (size_t)(last - part));
	size_t i;

	for (i = 0; last && i < ARRAY_LEN(any); i++) {
		if (str_ieq(last + 1, any[i]))
			return true;
	}
	for (i = 0; is_long && i < ARRAY_LEN(long_ones); i++) {
		if (str_ieq(last + 1, long_ones[i]))
			return true;
	}
	return str_ieq(part, "associated press");
}

/* A company instead of who writes for it. */
static bool is_company(const char *part)
{
	static const char *const ends[] = {" Inc", " Inc.", " Ltd", " Ltd.", " LLC", " GmbH", " AG",
		" S.A.", " B.V.", " z o.o", " z o.o."};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(part, ends[i]))
			return true;
	}
	return false;
}

/* "PM ET" behind an hour. */
static bool is_hour_end(const char *part)
{
	return strlen(part) <= 6 && (str_istarts(part, "am ") || str_istarts(part, "pm "));
}

/* What stands where names do and is none. */
static bool is_no_name(const char *part)
{
	static const char *const words[] = {"updated", "published", "posted", "minute", "min read",
		"follow", "comment", "share", "read more", "about", "view all", "contact",
		"subscribe", "last ", "posts by", "http", "www.", "log in", "login", "log out",
		"sign in", "sign up", "sponsor", "insights", "spotlight", "newsletter", "advert",
		"learn more", "@", "cookie", "all posts", "view ", "see ", "more ", "image",
		"photo", "credit", "home", "click", "mins read", "bluesky", "mastodon", "github",
		"#", "rss feed", "email", " date", "webmaster"};
	static const char *const whole[] = {"january", "february", "march", "april", "may", "june",
		"july", "august", "september", "october", "november", "december", "jan", "feb",
		"mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue",
		"wed", "thu", "fri", "sat", "sun", "human", "sign", "author", "authors", "admin",
		"the", "by", "blog", "news", "guest", "editor", "written", "date", "category",
		"lead reviewer", "none", "null", "unknown", "n/a", "team", "reviewed"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(whole); i++) {
		if (str_ieq(part, whole[i]))
			return true;
	}
	return is_hour_end(part) || is_company(part) || has_any(part, words, ARRAY_LEN(words));
}

static bool is_particle(const char *word, size_t len)
{
	static const char *const particles[] = {"de", "da", "di", "du", "del", "della", "der",
		"den", "van", "von", "zu", "la", "le", "el", "al", "bin", "ibn", "ben", "dos",
		"das", "do", "y", "e", "af", "av", "ter", "ten", "the", "of"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(particles); i++) {
		if (strlen(particles[i]) == len && strncmp(word, particles[i], len) == 0)
			return true;
	}
	return false;
}

/* Words with capitals, or of scripts that have none. */
static bool is_name(const char *part)
{
	const char *s = part;
	size_t words = 0, len;

	if (strlen(part) > NAME_BYTES || !*part)
		return false;
	while (*s) {
		len = strcspn(s, " ");
		if (len > 0) {
			words++;
			if (*s >= 'a' && *s <= 'z' && !is_particle(s, len))
				return false;
			if (str_is_digit(*s))
				return false;
		}
		s += len;
		s += *s == ' ';
	}
	return words >= 1 && words <= NAME_WORDS;
}

/* The label of a day behind a name, as in "Jo DoePublished" where nothing is between two elements
 * of a line; behind a space a number has to follow: "Doe Publishing" is a name. */
static size_t labelled_length(const char *text)
{
	static const char *const words[] = {"Publi", "Posted", "Updated", "Modifi", "Aktualisiert",
		"Ver\303\266ffentlicht", "Mis \xC3\xA0 jour", "Stand:", "Lesezeit", "Min read",
		"Actualizad", "Atualizad", "Aggiornat"};
	size_t len = strlen(text), i;
	const char *found;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		found = strstr(text, words[i]);
		if (found > text &&
			(str_is_alpha(found[-1]) || (unsigned char)found[-1] >= 0x80 ||
				(found[-1] == ' ' && strpbrk(found, "0123456789"))) &&
			(size_t)(found - text) < len)
			len = (size_t)(found - text);
	}
	/* the next label of a line: "A B \xE7\xBC\x96\xE8\xBE\x91\xEF\xBC\x9A" */
	found = strstr(text, "\xEF\xBC\x9A");
	for (i = found ? (size_t)(found - text) : 0; i > 0 && i <= len; i--) {
		if (text[i] == ' ')
			len = i;
	}
	return len;
}

/* Where the names end: dates, other columns of the byline, what the author is. */
static size_t names_length(const char *text)
{
	static const char *const ends[] = {" | ", " \xE2\x80\xA2 ", " \xC2\xB7 ", " - ",
		" \xE2\x80\x93 ", " \xE2\x80\x94 ", " on ", " in ", " at ", " for ", " is ",
		" for the ", " updated", " published", " posted", "(", "[", "\n", " // ", " from ",
		" @", "|", ": ", " \xE2\x80\xA3 ", " > ", " \xC2\xBB ", " last ",
		" \xD9\x86\xD8\xB4\xD8\xB1", "\xE3\x80\x80", "\xEF\xBC\x88", "\xEF\xBD\x9C",
		"&nbsp", "\xEF\xBC\x8F"};
	size_t len = strlen(text), i, n;
	const char *found;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		found = str_ifind(text, ends[i]);
		n = found ? (size_t)(found - text) : len;
		len = n < len && n > 2 ? n : len;
	}
	for (i = 1; i < len; i++) {
		if (str_is_digit(text[i]) && text[i - 1] == ' ')
			len = i;
	}
	n = labelled_length(text);
	return n < len ? n : len;
}

/* Behind "reporter" where a name in ideographs follows on it: "newspaper, reporter NAME / place".
 */
static const char *skip_reporter(const char *text)
{
	static const char *const words[] = {"\xE8\xA8\x98\xE8\x80\x85", "\xE8\xAE\xB0\xE8\x80\x85"};
	const char *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		found = strstr(text, words[i]);
		found = found ? found + strlen(words[i]) : "";
		if ((unsigned char)*found >= 0xE4 && (unsigned char)*found <= 0xE9)
			return found;
	}
	return text;
}

static const char *skip_by(const char *text)
{
	static const char *const words[] = {"by ", "by:", "written by", "posted by",
		"author:", "article by", "from ", "story by", "autor:", "auteur:", "autore:",
		"text:", "\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD1\x80:",
		"\xD0\xB0\xD0\xB2\xD1\x82\xD0\xBE\xD1\x80:", "\xE8\xA8\x98\xE8\x80\x85\xEF\xBC\x9A",
		"\xE8\xAE\xB0\xE8\x80\x85\xEF\xBC\x9A", "\xE4\xBD\x9C\xE8\x80\x85\xEF\xBC\x9A"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_istarts(text, words[i]))
			text += strlen(words[i]);
		while (str_is_space(*text) || *text == ':')
			text++;
	}
	return skip_reporter(text);
}

/* A month's name cut off a byline's end: "Jo Doe March 3" loses its last word too. */
static void cut_month(char *name)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December", "Jan", "Feb",
		"Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Monday",
		"Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	size_t i, len, n;

	for (i = 0; i < ARRAY_LEN(months); i++) {
		len = strlen(name);
		while (len > 0 && strchr(" .,", name[len - 1]))
			name[--len] = '\0';
		n = strlen(months[i]);
		if (len > n + 1 && str_ieq(name + len - n, months[i]) && name[len - n - 1] == ' ')
			name[len - n - 1] = '\0';
	}
}

/* "A B y C D" are two; "Ortega y Gasset" is one. */
static bool joins_full_names(const char *part, const char *joint, size_t len)
{
	const char *first = memchr(part, ' ', (size_t)(joint - part));

	return first != NULL && strchr(joint + len, ' ') != NULL;
}

/* The first place where a name ends and another begins; NULL: none. *len: bytes between them. */
static char *find_joint(char *part, size_t *len)
{
	static const char *const joints[] = {" and ", " & ", " und ", " et ", " with ", ";", ",",
		"/", "\xE3\x80\x81", "\xEF\xBC\x8C", "\xD8\x8C"};
	static const char *const weak[] = {
		" y ", " e ", " och ", " og ", " en ", " i ", " \xD0\xB8 ", " \xD8\xA7\xD9\x88 "};
	const char *found, *joint = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(joints) + ARRAY_LEN(weak); i++) {
		bool is_weak = i >= ARRAY_LEN(joints);
		const char *word = is_weak ? weak[i - ARRAY_LEN(joints)] : joints[i];

		found = str_ifind(part, word);
		if (!found || (joint && found >= joint) ||
			(is_weak && !joins_full_names(part, found, strlen(word))))
			continue;
		joint = found;
		*len = strlen(word);
	}
	return joint ? part + (joint - part) : NULL;
}

/* What a reporter is called behind the name in East Asia. */
static void cut_reporter(char *name)
{
	static const char *const words[] = {
		"\xE8\xA8\x98\xE8\x80\x85", "\xE8\xAE\xB0\xE8\x80\x85", "\xEA\xB8\xB0\xEC\x9E\x90"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ends(name, words[i]) && strlen(name) > strlen(words[i]))
			name[strlen(name) - strlen(words[i])] = '\0';
	}
}

/* The agency behind a full name: "Ada Lind Associated Press", "ADA LIND AP Sports Writer". */
static void cut_agency(char *name)
{
	static const char *const agencies[] = {
		" the associated press", " associated press", " agence france-presse"};
	const char *space = strchr(name, ' '), *found = space ? strstr(space + 1, " AP ") : NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(agencies) && space && !found; i++)
		found = str_ifind(space + 1, agencies[i]);
	if (found)
		name[found - name] = '\0';
}

/* Two words, or a script that writes names in one. */
static bool is_full(const char *name)
{
	return strchr(name, ' ') || (unsigned char)*name >= 0x80;
}

/* As much of a text as may be names, on one line. */
static char *names_of(struct arena *arena, const char *text)
{
	char *names = arena_strndup(arena, text, names_length(text));

	utf8_drop_controls(names, strlen(names));
	str_collapse(names);
	return names;
}

void metadata_names(struct arena *arena, const char *text, struct value_list *list)
{
	size_t count = 0, len = 0;
	char *names, *part, *joint;
	bool is_first = true;

	text = skip_by(text);
	names = names_of(arena, text);
	for (part = names; part; part = joint) {
		joint = find_joint(part, &len);
		if (joint) {
			*joint = '\0';
			joint += len;
		}
		cut_month(str_trim(part));
		cut_reporter(str_trim(part));
		cut_agency(str_trim(part));
		part = str_trim(part);
		/* "Name, MD": what has no second word behind a comma is a degree */
		if (is_name(part) && !is_no_name(part) &&
			(is_first ||
				(is_full(part) && !is_role(part) && !metadata_is_outlet(part)))) {
			value_list_add(list, part);
			count++; /* though it may be there already */
		}
		if (*part)
			is_first = false;
	}
	if (count > 0 || strlen(text) > NAME_BYTES / 2)
		return;
	names = names_of(arena, text);
	cut_month(names);
	if (*names && !str_is_digit(*names) && !is_no_name(names))
		value_list_add(list, names);
}

/*
 * Names of months as they stand in dates. core/date_names.h knows more, but by their beginnings,
 * and in a text for people "General 3, 2026" is none; in other scripts its beginnings are safe.
 */
int metadata_month(const char *word, size_t len)
{
	static const char *const names[] = {
		" january jan januar januari janvier enero gennaio janeiro styczen stycznia tammikuuta ocak "
		"ledna ianuarie ",
		" february feb helmikuuta februar februari febrero febbraio fevereiro lutego subat februarie ",
		" march mar maaliskuuta mars marzo maart mrt marca mart maret martie ",
		" april apr huhtikuuta avril abril aprile kwietnia nisan dubna aprilie ",
		" may mai toukokuuta maj mayo maggio maio mei maja ",
		" june jun juni juin junio giugno junho czerwca haziran iunie ",
		" july jul juli juillet julio luglio julho lipca temmuz iulie ",
		" august aug elokuuta augusti augustus agosto agustus sierpnia srpna ",
		" september sep syyskuuta sept septembre septiembre settembre setembro ",
		" october oct lokakuuta oktober okt octobre octubre ottobre outubro ekim octombrie ",
		" november nov marraskuuta novembre noviembre novembro listopada listopadu noiembrie ",
		" december dec joulukuuta dezember dez diciembre dicembre dezembro desember des grudnia "
		"prosince decembrie ",
	};
	char spaced[24];
	size_t i;

	while (len > 0 && (word[len - 1] == '.' || word[len - 1] == ','))
		len--;
	for (i = 0; i < len; i++) {
		if ((unsigned char)word[i] >= 0x80)
			return date_month(word, len);
	}
	if (len < 3 || (size_t)snprintf(spaced, sizeof(spaced), " %.*s ", (int)len, word) >=
			       sizeof(spaced))
		return 0;
	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_ifind(names[i], spaced))
			return (int)i + 1;
	}
	return 0;
}

struct word {
	const char *text;
	size_t len;
	int number; /* its leading digits; -1: none */
	size_t digits;
};

/* White space of any kind, bars and dots between the columns of a byline. */
static bool is_gap(const char *s, size_t *size)
{
	*size = 1;
	if (str_is_space(*s) || (*s && strchr("|(@,", *s)))
		return true;
	if ((signed char)*s >= 0) /* as nearly all are */
		return false;
	*size = 2;
	if (str_starts(s, "\xC2\xA0") || str_starts(s, "\xC2\xB7"))
		return true;
	*size = 3; /* U+2000 to U+200F: spaces; U+2022: a bullet; U+3000; full-width : | ( */
	if (str_starts(s, "\xE3\x80\x80") || str_starts(s, "\xEF\xBC\x9A") ||
		str_starts(s, "\xEF\xBD\x9C") || str_starts(s, "\xEF\xBC\x88"))
		return true;
	return s[0] == '\xE2' && s[1] == '\x80' &&
	       ((unsigned char)s[2] <= 0x8F || (unsigned char)s[2] == 0xA2);
}

static size_t split_words(const char *text, struct word *words)
{
	size_t count = 0, size;

	while (*text && count < WORDS_MAX) {
		while (is_gap(text, &size))
			text += size;
		if (!*text)
			break;
		words[count].text = text;
		words[count].digits = 0;
		words[count].number = -1;
		while (*text && !is_gap(text, &size)) {
			/* "15:11-22 April" */
			if (*text == '-' &&
				memchr(words[count].text, ':', (size_t)(text - words[count].text)))
				break;
			/* no space between a word and a number where the script needs none */
			if (text > words[count].text && (unsigned char)text[-1] >= 0x80 &&
				str_is_digit(*text))
				break;
			text++;
		}
		words[count].len = (size_t)(text - words[count].text);
		if (*text == '-')
			text++;
		while (words[count].digits < words[count].len &&
			str_is_digit(words[count].text[words[count].digits]))
			words[count].digits++;
		if (words[count].digits > 0 && words[count].digits <= 4)
			words[count].number = atoi(words[count].text);
		count++;
	}
	return count;
}

/* False: there is no such date. */
static bool make_date(struct text_date *date, int year, int month, int day)
{
	if (year >= 0 && year < 70)
		year += 2000;
	if (year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	date->year = year;
	date->month = month;
	date->day = day;
	date->is_swappable = date->is_dotted = false;
	return true;
}

static bool is_year(const struct word *word)
{
	return word->digits == 4 && word->number >= 1990 && word->number <= 2100 + BUDDHA;
}

/* Beside a month in Thai letters, the year is that of Thailand's calendar, 543 years ahead. */
static int year_beside(const struct word *month, int year)
{
	return year > 2100 && month->text[0] == '\xE0' && month->text[1] == '\xB8' ? year - BUDDHA
										   : year;
}

static bool is_day(const struct word *word)
{
	return word->digits >= 1 && word->digits <= 2 && word->number >= 1 && word->number <= 31 &&
	       !(word->len > word->digits && word->text[word->digits] == ':');
}

/* 2026-08-22, 22.08.2026, 08/22/2026 in one word. */
static bool numeric_date(const struct word *word, struct text_date *date)
{
	const char *s = word->text, *end = s + word->len;
	int parts[3] = {-1, -1, -1};
	size_t digits[3] = {0}, i;
	char separator = '\0';

	for (i = 0; i < 3; i++) {
		if (s >= end || !str_is_digit(*s))
			return false;
		parts[i] = atoi(s);
		while (s < end && str_is_digit(*s)) {
			s++;
			digits[i]++;
		}
		if (digits[i] > 4 || i == 2)
			break;
		if (s >= end || !strchr("-/.", *s) || (separator && *s != separator))
			return false;
		separator = *s++;
	}
	if (digits[0] == 4)
		return make_date(date, parts[0], parts[1], parts[2]);
	if (digits[2] != 4 && !(digits[2] == 2 && digits[0] <= 2 && separator != '-'))
		return false;
	if (separator == '.' || parts[0] > 12) {
		if (!make_date(date, parts[2], parts[1], parts[0]))
			return false;
		date->is_dotted = parts[0] <= 12;
		return true;
	}
	if (!make_date(date, parts[2], parts[0], parts[1]))
		return false;
	date->is_swappable = parts[1] <= 12;
	return true;
}

/* "2026. 11. 27.", as Korea and Hungary write it: three numbers, a dot behind each. */
static bool dotted_date(const struct word *words, size_t count, size_t i, struct text_date *date)
{
	size_t k;

	for (k = i; k < i + 3; k++) {
		if (k >= count || words[k].digits == 0 || words[k].len != words[k].digits + 1 ||
			words[k].text[words[k].digits] != '.')
			return false;
	}
	return words[i].digits == 4 &&
	       make_date(date, words[i].number, words[i + 1].number, words[i + 2].number);
}

/* The first year, month and day as East Asia writes them: each number before its sign. */
static bool signed_date(const char *text, struct text_date *date)
{
	static const char *const signs[][3] = {
		{"\xE5\xB9\xB4", "\xE6\x9C\x88", "\xE6\x97\xA5"}, /* Chinese, Japanese */
		{"\xEB\x85\x84", "\xEC\x9B\x94", "\xEC\x9D\xBC"}, /* Korean */
	};
	const char *year, *s;
	char *after;
	long month, day;
	size_t i;

	for (i = 0; i < ARRAY_LEN(signs); i++) {
		year = s = strstr(text, signs[i][0]);
		if (!year)
			continue;
		while (s > text && str_is_digit(s[-1]))
			s--;
		month = strtol(year + 3, &after, 10);
		if (!str_starts(after, signs[i][1]))
			continue;
		day = strtol(after + 3, &after, 10);
		date->at = (size_t)(s - text);
		date->end = (size_t)(after - text) + (str_starts(after, signs[i][2]) ? 3 : 0);
		return make_date(date, atoi(s), (int)month, (int)day);
	}
	return false;
}

/* 08:22:41 */
static bool is_clock(const struct word *word)
{
	return word->len == 8 && word->text[2] == ':' && word->text[5] == ':';
}

/* The date that a month's name is part of; *from and *to: its first and last word. */
static bool named_date(const struct word *words, size_t count, size_t i, struct text_date *date,
	size_t *from, size_t *to)
{
	static const struct {
		int day, year; /* where they stand, from the month */
	} orders[] = {
		{1, 2},  /* March 3, 2026 */
		{-1, 1}, /* 3 March 2026 */
		{-2, 1}, /* 3 de marzo 2026 */
		{-2, 2}, /* 3 de marzo de 2026 */
		{-1, 2}, /* 3. marca, in 2026 */
		{1, -1}, /* 2026 March 3 */
		{1, 4},  /* Sat Mar 14 08:22:41 CET 2026, as date(1) writes it */
		{1, 3},  /* ... without the zone */
	};
	size_t k;
	int month;

	for (k = 0; k < ARRAY_LEN(orders); k++) {
		long day = (long)i + orders[k].day, year = (long)i + orders[k].year;

		if (day < 0 || year < 0 || day >= (long)count || year >= (long)count ||
			!is_day(&words[day]) || !is_year(&words[year]) ||
			(year > day + 1 && orders[k].year > 2 && !is_clock(&words[day + 1])))
			continue;
		/* few words stand so, and names are dear to compare */
		month = metadata_month(words[i].text, words[i].len);
		if (month == 0)
			return false;
		*from = (size_t)(day < (long)i ? day : (long)i);
		*from = year < (long)*from ? (size_t)year : *from;
		*to = (size_t)(year > day ? year : day);
		*to = *to < i ? i : *to;
		return make_date(
			date, year_beside(&words[i], words[year].number), month, words[day].number);
	}
	return false;
}

static size_t find_dates(const char *text, struct text_date *dates, size_t max)
{
	struct word words[WORDS_MAX];
	size_t count = split_words(text, words), found = 0, next = 0, i, from, to;

	for (i = 0; i < count && found < max; i++) {
		from = to = i;
		if (dotted_date(words, count, i, &dates[found]))
			to = i + 2;
		else if (!named_date(words, count, i, &dates[found], &from, &to) &&
			 (words[i].number < 0 || !numeric_date(&words[i], &dates[found])))
			continue;
		if (from < next) /* a day or year that is the last date's already */
			continue;
		dates[found].at = (size_t)(words[from].text - text);
		/* "2025Ada": two elements of a line with nothing between them */
		dates[found++].end = (size_t)(words[to].text - text) +
				     (words[to].digits == 4 ? 4 : words[to].len);
		next = to + 1;
	}
	if (found > 0)
		return found;
	for (next = 0; found < max && signed_date(text + next, &dates[found]);
		next = dates[found++].end) {
		dates[found].at += next;
		dates[found].end += next;
	}
	return found;
}

/* The digit that begins there, in a script with digits of its own; -1: none does. */
static int other_digit(const char *s, size_t *size)
{
	static const unsigned zeros[] = {0x0660, 0x06F0, 0x0966, 0x0E50};
	unsigned c = utf8_decode(s, strnlen(s, 4), size);
	size_t i;

	for (i = 0; i < ARRAY_LEN(zeros); i++) {
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return (int)(c - zeros[i]);
	}
	return -1;
}

/* Where a place in a text with our digits is in the one with its own. */
static size_t place_of(const char *text, size_t plain)
{
	size_t at = 0, size;

	for (; plain > 0 && text[at]; plain--)
		at += other_digit(text + at, &size) >= 0 ? size : 1;
	return at;
}

bool metadata_has_other_script(const char *text)
{
	return strpbrk(text, "\xD9\xDB\xE0") != NULL; /* Arabic, Persian; Devanagari, Thai */
}

size_t metadata_find_dates(const char *text, struct text_date *dates, size_t max)
{
	struct buf plain = {0};
	size_t found, size, i;
	const char *s;
	int digit;

	if (!metadata_has_other_script(text))
		return find_dates(text, dates, max);
	for (s = text; *s; s += digit >= 0 ? size : 1) {
		digit = other_digit(s, &size);
		buf_putc(&plain, digit >= 0 ? (char)('0' + digit) : *s);
	}
	found = find_dates(buf_text(&plain), dates, max);
	for (i = 0; i < found; i++) {
		dates[i].at = place_of(text, dates[i].at);
		dates[i].end = place_of(text, dates[i].end);
	}
	buf_finish(&plain);
	return found;
}
