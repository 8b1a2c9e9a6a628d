#include "core/date_names.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdint.h>
#include <string.h>

/*
 * Beginnings of the names of months, without accents, in lower case: English, German, French,
 * Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech,
 * Croatian, Hungarian, Romanian, Turkish, Indonesian, Russian, Ukrainian, Bulgarian, Serbian,
 * Greek, Estonian, Lithuanian, Hebrew, Arabic, Thai, Hindi, Persian. Where one begins with another,
 * the longer stands first. Where languages disagree (listopad), the larger decides.
 */
static const struct {
	const char *stem;
	int month;
} months[] = {
	{"marras", 11},
	{"cervenc", 7},
	{"cervenec", 7},
	{"cerv", 6},
	{"lipn", 6},
	{"lipanj", 6},
	{"srpnj", 7},
	{"srpanj", 7},
	{"jan", 1},
	{"ene", 1},
	{"gen", 1},
	{"sty", 1},
	{"led", 1},
	{"oca", 1},
	{"tammi", 1},
	{"sije", 1},
	{"ian", 1},
	{"янв", 1},
	{"січ", 1},
	{"ιαν", 1},
	{"jaan", 1},
	{"saus", 1},
	{"яну", 1},
	{"јан", 1},
	{"ינו", 1},
	{"ינואר", 1},
	{"يناير", 1},
	{"feb", 2},
	{"fev", 2},
	{"helmi", 2},
	{"lut", 2},
	{"uno", 2},
	{"sub", 2},
	{"velj", 2},
	{"фев", 2},
	{"лют", 2},
	{"φεβ", 2},
	{"veeb", 2},
	{"vasar", 2},
	{"פבר", 2},
	{"فبراير", 2},
	{"mar", 3},
	{"mrz", 3},
	{"maa", 3},
	{"brez", 3},
	{"ozu", 3},
	{"мар", 3},
	{"бер", 3},
	{"μαρ", 3},
	{"μαω", 3},
	{"kov", 3},
	{"מרץ", 3},
	{"מרס", 3},
	{"مارس", 3},
	{"apr", 4},
	{"abr", 4},
	{"avr", 4},
	{"huhti", 4},
	{"kwi", 4},
	{"dub", 4},
	{"nis", 4},
	{"trav", 4},
	{"апр", 4},
	{"кві", 4},
	{"απρ", 4},
	{"balan", 4},
	{"אפר", 4},
	{"أبريل", 4},
	{"ابريل", 4},
	{"إبريل", 4},
	{"may", 5},
	{"mai", 5},
	{"mag", 5},
	{"maj", 5},
	{"mau", 5},
	{"mei", 5},
	{"touko", 5},
	{"kve", 5},
	{"svi", 5},
	{"май", 5},
	{"мая", 5},
	{"тра", 5},
	{"μαι", 5},
	{"geguz", 5},
	{"мај", 5},
	{"מאי", 5},
	{"مايو", 5},
	{"juin", 6},
	{"jun", 6},
	{"juun", 6},
	{"giu", 6},
	{"kesa", 6},
	{"cze", 6},
	{"haz", 6},
	{"июн", 6},
	{"чер", 6},
	{"ιουν", 6},
	{"ιον", 6},
	{"birz", 6},
	{"юни", 6},
	{"јун", 6},
	{"יונ", 6},
	{"يونيو", 6},
	{"juil", 7},
	{"jul", 7},
	{"juul", 7},
	{"lug", 7},
	{"heina", 7},
	{"lip", 7},
	{"tem", 7},
	{"июл", 7},
	{"лип", 7},
	{"ιουλ", 7},
	{"ιολ", 7},
	{"liep", 7},
	{"юли", 7},
	{"јул", 7},
	{"יול", 7},
	{"يوليو", 7},
	{"aug", 8},
	{"aou", 8},
	{"ago", 8},
	{"sie", 8},
	{"elo", 8},
	{"agu", 8},
	{"avg", 8},
	{"srp", 8},
	{"kol", 8},
	{"авг", 8},
	{"сер", 8},
	{"αυγ", 8},
	{"rugp", 8},
	{"אוג", 8},
	{"أغسطس", 8},
	{"اغسطس", 8},
	{"sep", 9},
	{"set", 9},
	{"sze", 9},
	{"syys", 9},
	{"wrz", 9},
	{"zar", 9},
	{"eyl", 9},
	{"ruj", 9},
	{"сен", 9},
	{"вер", 9},
	{"σεπ", 9},
	{"rugs", 9},
	{"ספט", 9},
	{"سبتمبر", 9},
	{"oct", 10},
	{"okt", 10},
	{"out", 10},
	{"ott", 10},
	{"loka", 10},
	{"paz", 10},
	{"rij", 10},
	{"eki", 10},
	{"окт", 10},
	{"жов", 10},
	{"οκτ", 10},
	{"spal", 10},
	{"אוק", 10},
	{"أكتوبر", 10},
	{"اكتوبر", 10},
	{"nov", 11},
	{"lis", 11},
	{"kas", 11},
	{"stu", 11},
	{"ноя", 11},
	{"лис", 11},
	{"νοε", 11},
	{"lapk", 11},
	{"нов", 11},
	{"נוב", 11},
	{"نوفمبر", 11},
	{"dec", 12},
	{"dez", 12},
	{"dic", 12},
	{"des", 12},
	{"joulu", 12},
	{"gru", 12},
	{"pro", 12},
	{"ara", 12},
	{"дек", 12},
	{"гру", 12},
	{"δεκ", 12},
	{"dets", 12},
	{"дец", 12},
	{"דצמ", 12},
	{"ديسمبر", 12},
	{"มกรา", 1},
	{"ม.ค", 1},
	{"जनवरी", 1},
	{"ژانویه", 1},
	{"กุมภา", 2},
	{"ก.พ", 2},
	{"फरवरी", 2},
	{"फ़रवरी", 2},
	{"فوریه", 2},
	{"มีนา", 3},
	{"มี.ค", 3},
	{"मार्च", 3},
	{"เมษา", 4},
	{"เม.ย", 4},
	{"अप्रैल", 4},
	{"آوریل", 4},
	{"พฤษภา", 5},
	{"พ.ค", 5},
	{"मई", 5},
	{"มิถุนา", 6},
	{"มิ.ย", 6},
	{"जून", 6},
	{"ژوئن", 6},
	{"กรกฎา", 7},
	{"ก.ค", 7},
	{"जुलाई", 7},
	{"ژوئیه", 7},
	{"جولای", 7},
	{"สิงหา", 8},
	{"ส.ค", 8},
	{"अगस्त", 8},
	{"اوت", 8},
	{"กันยา", 9},
	{"ก.ย", 9},
	{"सितंबर", 9},
	{"सितम्बर", 9},
	{"سپتامبر", 9},
	{"ตุลา", 10},
	{"ต.ค", 10},
	{"अक्टूबर", 10},
	{"अक्तूबर", 10},
	{"اکتبر", 10},
	{"พฤศจิกา", 11},
	{"พ.ย", 11},
	{"नवंबर", 11},
	{"नवम्बर", 11},
	{"نوامبر", 11},
	{"ธันวา", 12},
	{"ธ.ค", 12},
	{"दिसंबर", 12},
	{"दिसम्बर", 12},
	{"دسامبر", 12},
	{"ное", 11},
};

static const struct {
	const char *name;
	int minutes; /* east of UTC */
} zones[] = {
	{"UT", 0},
	{"UTC", 0},
	{"GMT", 0},
	{"Z", 0},
	{"WET", 0},
	{"EST", -300},
	{"EDT", -240},
	{"ET", -300},
	{"CST", -360},
	{"CDT", -300},
	{"CT", -360},
	{"MST", -420},
	{"MDT", -360},
	{"MT", -420},
	{"PST", -480},
	{"PDT", -420},
	{"PT", -480},
	{"AST", -240},
	{"ADT", -180},
	{"AT", -240},
	{"NST", -210},
	{"NDT", -150},
	{"AKST", -540},
	{"AKDT", -480},
	{"HST", -600},
	{"BRT", -180},
	{"ART", -180},
	{"BST", 60},
	{"WEST", 60},
	{"CET", 60},
	{"CEST", 120},
	{"MET", 60},
	{"MEST", 120},
	{"MEZ", 60},
	{"MESZ", 120},
	{"EET", 120},
	{"EEST", 180},
	{"SAST", 120},
	{"EAT", 180},
	{"MSK", 180},
	{"MSD", 240},
	{"PKT", 300},
	{"IST", 330},
	{"WIB", 420},
	{"ICT", 420},
	{"HKT", 480},
	{"SGT", 480},
	{"PHT", 480},
	{"AWST", 480},
	{"JST", 540},
	{"KST", 540},
	{"ACST", 570},
	{"ACDT", 630},
	{"AEST", 600},
	{"AEDT", 660},
	{"NZST", 720},
	{"NZDT", 780},
};

/* Lower case without accents, of U+00C0 to U+017F; '.' where there is no such letter. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Greek vowels with accents: U+0386 to U+03CE. */
static unsigned fold_greek(unsigned c)
{
	switch (c) {
	case 0x386:
	case 0x3AC: return 0x3B1;
	case 0x388:
	case 0x3AD: return 0x3B5;
	case 0x389:
	case 0x3AE: return 0x3B7;
	case 0x38A:
	case 0x390:
	case 0x3AA:
	case 0x3AF:
	case 0x3CA: return 0x3B9;
	case 0x38C:
	case 0x3CC: return 0x3BF;
	case 0x38E:
	case 0x3B0:
	case 0x3AB:
	case 0x3CB:
	case 0x3CD: return 0x3C5;
	case 0x38F:
	case 0x3CE: return 0x3C9;
	default: return c >= 0x391 && c <= 0x3A9 ? c + 0x20 : c;
	}
}

static unsigned fold(unsigned c)
{
	if (c < 0x80)
		return (unsigned char)str_lower_char((char)c);
	if (c >= 0xC0 && c < 0xC0 + sizeof(latin) - 1)
		return (unsigned char)latin[c - 0xC0];
	if (c >= 0x386 && c <= 0x3CE)
		return fold_greek(c);
	if (c >= 0x410 && c <= 0x42F)
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	return c;
}

static void fold_word(const char *word, size_t len, char *folded, size_t space)
{
	size_t size, n = 0;

	while (len > 0 && n + 4 < space) {
		n += utf8_encode(fold(utf8_decode(word, len, &size)), folded + n);
		word += size;
		len -= size;
	}
	folded[n] = '\0';
}

int date_month(const char *word, size_t len)
{
	static const char in[] = "ב"; /* "in", before a Hebrew month */
	char folded[40];
	size_t i;

	if (len > strlen(in) && memcmp(word, in, strlen(in)) == 0) {
		word += strlen(in);
		len -= strlen(in);
	}
	fold_word(word, len, folded, sizeof(folded));
	for (i = 0; i < ARRAY_LEN(months); i++) {
		if (str_starts(folded, months[i].stem))
			return months[i].month;
	}
	return 0;
}

static bool is_word(const char *word, size_t len, const char *name)
{
	size_t i;

	for (i = 0; i < len && name[i]; i++) {
		if (str_lower_char(word[i]) != str_lower_char(name[i]))
			return false;
	}
	return i == len && name[i] == '\0';
}

enum date_half_kind date_half(const char *word, size_t len)
{
	static const struct {
		const char *name;
		enum date_half_kind half;
	} halves[] = {
		{"am", DATE_HALF_AM},
		{"pm", DATE_HALF_PM},
		{"오전", DATE_HALF_AM},
		{"오후", DATE_HALF_PM},
		{"上午", DATE_HALF_AM},
		{"下午", DATE_HALF_PM},
		{"午前", DATE_HALF_AM},
		{"午後", DATE_HALF_PM},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(halves); i++) {
		if (is_word(word, len, halves[i].name))
			return halves[i].half;
	}
	return DATE_HALF_NONE;
}

bool date_zone_offset(const char *word, size_t len, int *offset_s)
{
	size_t i;

	*offset_s = 0;
	if (len == 1 &&
		str_is_alpha(*word)) /* RFC 2822, 4.3: military zones were defined wrongly */
		return true;
	for (i = 0; i < ARRAY_LEN(zones); i++) {
		if (is_word(word, len, zones[i].name)) {
			*offset_s = zones[i].minutes * 60;
			return true;
		}
	}
	return false;
}

enum date_unit_kind date_unit(unsigned code_point)
{
	switch (code_point) {
	case 0x5E74:
	case 0xB144: return DATE_UNIT_YEAR;
	case 0x6708:
	case 0xC6D4: return DATE_UNIT_MONTH;
	case 0x65E5:
	case 0x53F7:
	case 0xC77C: return DATE_UNIT_DAY;
	case 0x65F6:
	case 0x6642:
	case 0x70B9:
	case 0xC2DC: return DATE_UNIT_HOUR;
	case 0x5206:
	case 0xBD84: return DATE_UNIT_MINUTE;
	case 0x79D2:
	case 0xCD08: return DATE_UNIT_SECOND;
	default: return DATE_UNIT_NONE;
	}
}

bool date_is_korean(const char *text, size_t len)
{
	size_t size;
	unsigned c;

	while (len > 0) {
		c = utf8_decode(text, len, &size);
		if (c >= 0xAC00 && c <= 0xD7A3)
			return true;
		text += size;
		len -= size;
	}
	return false;
}
