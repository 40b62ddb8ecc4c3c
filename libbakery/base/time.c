#include "base/time.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

/* Days since 1970 of a date of the proleptic Gregorian calendar: years begin in March, so that the leap day is the
 * last. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = y / 400;
        int64_t year_of_era = y - era * 400;
        int64_t day_of_year = (153 * (int64_t)(month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
        int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

        return era * 146097 + day_of_era - 719468;
}

/* A number of exactly n digits at the front of rest, which moves on. */
static bool take_number(struct span *rest, size_t n, unsigned max, unsigned *ret)
{
        unsigned value = 0;

        if (rest->len < n)
                return false;
        for (size_t i = 0; i < n; i++) {
                if (rest->at[i] < '0' || rest->at[i] > '9')
                        return false;
                value = value * 10 + (unsigned)(rest->at[i] - '0');
        }
        *rest = (struct span){ rest->at + n, rest->len - n };
        *ret = value;
        return value <= max;
}

static bool take_char(struct span *rest, const char *any)
{
        if (rest->len == 0 || !*rest->at || !strchr(any, *rest->at))
                return false;
        *rest = (struct span){ rest->at + 1, rest->len - 1 };
        return true;
}

struct moment {
        unsigned year, month, day, hour, minute, second;
};

static bool to_seconds(const struct moment *moment, int64_t *ret_s)
{
        static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (moment->year % 4 == 0 && moment->year % 100 != 0) || moment->year % 400 == 0;

        if (moment->month < 1 || moment->month > 12 || moment->day < 1)
                return false;
        if (moment->day > days[moment->month - 1] + (leap && moment->month == 2 ? 1u : 0u))
                return false;
        *ret_s = days_from_civil(moment->year, moment->month, moment->day) * 86400 + moment->hour * 3600 +
                 moment->minute * 60 + moment->second;
        return true;
}

static bool take_clock(struct span *rest, struct moment *moment)
{
        return take_number(rest, 2, 23, &moment->hour) && take_char(rest, ":") &&
               take_number(rest, 2, 59, &moment->minute) && take_char(rest, ":") &&
               take_number(rest, 2, 60, &moment->second); /* 60: a leap second is the next minute's first */
}

/* ".25": the milliseconds of it; further digits are dropped. */
static unsigned take_fraction(struct span *rest)
{
        unsigned ms = 0;

        if (!take_char(rest, "."))
                return 0;
        for (unsigned worth_ms = 100; rest->len > 0 && *rest->at >= '0' && *rest->at <= '9'; worth_ms /= 10) {
                ms += (unsigned)(*rest->at - '0') * worth_ms;
                *rest = (struct span){ rest->at + 1, rest->len - 1 };
        }
        return ms;
}

/* "Z", "+01:00", "-0700". */
static bool take_offset(struct span *rest, int64_t *ret_s)
{
        unsigned hours, minutes;
        bool behind;

        *ret_s = 0;
        if (take_char(rest, "Zz"))
                return true;
        behind = rest->len > 0 && *rest->at == '-';
        if (!take_char(rest, "+-") || !take_number(rest, 2, 23, &hours))
                return false;
        take_char(rest, ":");
        if (!take_number(rest, 2, 59, &minutes))
                return false;
        *ret_s = (int64_t)(hours * 3600 + minutes * 60) * (behind ? -1 : 1);
        return true;
}

static bool parse_instant(struct span text, int64_t *ret_s, unsigned *ret_ms)
{
        struct span rest = bakery__span_trim(text);
        struct moment moment;
        int64_t seconds, offset;

        if (!take_number(&rest, 4, 9999, &moment.year) || !take_char(&rest, "-") ||
            !take_number(&rest, 2, 12, &moment.month) || !take_char(&rest, "-") ||
            !take_number(&rest, 2, 31, &moment.day) || !take_char(&rest, "Tt ") || !take_clock(&rest, &moment))
                return false;
        *ret_ms = take_fraction(&rest);
        if (!take_offset(&rest, &offset) || rest.len > 0 || !to_seconds(&moment, &seconds))
                return false;
        *ret_s = seconds - offset;
        return true;
}

bool bakery__time_parse(struct span text, int64_t *ret_s)
{
        unsigned ms;

        return parse_instant(text, ret_s, &ms);
}

bool bakery__time_parse_ms(struct span text, int64_t *ret_ms)
{
        int64_t seconds;
        unsigned ms;

        if (!parse_instant(text, &seconds, &ms))
                return false;
        *ret_ms = seconds * 1000 + ms;
        return true;
}

static bool take_month(struct span *rest, unsigned *ret)
{
        static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

        for (unsigned i = 0; rest->len >= 3 && i < 12; i++) {
                if (memcmp(rest->at, names + (size_t)i * 3, 3) != 0)
                        continue;
                *rest = (struct span){ rest->at + 3, rest->len - 3 };
                *ret = i + 1;
                return true;
        }
        return false;
}

bool bakery__time_parse_http(struct span text, int64_t *ret_s)
{
        struct span rest = bakery__span_trim(text);
        struct moment moment;

        while (rest.len > 0 && !take_char(&rest, ",")) /* the day of the week says nothing new */
                rest = (struct span){ rest.at + 1, rest.len - 1 };
        return take_char(&rest, " ") && take_number(&rest, 2, 31, &moment.day) && take_char(&rest, " ") &&
               take_month(&rest, &moment.month) && take_char(&rest, " ") && take_number(&rest, 4, 9999, &moment.year) &&
               take_char(&rest, " ") && take_clock(&rest, &moment) && bakery__span_is(rest, " GMT") &&
               to_seconds(&moment, ret_s);
}

/* The date that so many days after 1970-01-01 is: the reverse of days_from_civil(). */
static void civil_from_days(int64_t days, struct moment *ret)
{
        int64_t shifted = days + 719468; /* from 0000-03-01 on, when a year of March begins */
        int64_t era = shifted / 146097, day_of_era = shifted % 146097;
        int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        int64_t month = (5 * day_of_year + 2) / 153; /* from March */

        ret->day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
        ret->month = (unsigned)(month < 10 ? month + 3 : month - 9);
        ret->year = (unsigned)(year + era * 400 + (ret->month <= 2));
}

static const int64_t last_second = 253402300799; /* 9999-12-31T23:59:59Z */

static void put_digits(char *at, size_t width, unsigned value)
{
        for (char *digit = at + width; digit-- > at; value /= 10)
                *digit = (char)('0' + value % 10);
}

/* Own arithmetic: gmtime_r() counts leap seconds where TZ says "right/...". */
void bakery__time_print(int64_t time_s, char ret_text[TIME_TEXT_BYTES])
{
        int64_t within = time_s < 0 ? 0 : time_s > last_second ? last_second : time_s;
        unsigned second_of_day = (unsigned)(within % 86400);
        struct moment moment;

        civil_from_days(within / 86400, &moment);
        memcpy(ret_text, "0000-00-00T00:00:00Z", TIME_TEXT_BYTES);
        put_digits(ret_text, 4, moment.year);
        put_digits(ret_text + 5, 2, moment.month);
        put_digits(ret_text + 8, 2, moment.day);
        put_digits(ret_text + 11, 2, second_of_day / 3600);
        put_digits(ret_text + 14, 2, second_of_day / 60 % 60);
        put_digits(ret_text + 17, 2, second_of_day % 60);
}

int64_t bakery__time_monotonic_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum { SLICE_MS = 50 };

bool bakery__time_wait(unsigned wait_ms, bool (*ended)(void *context), void *context)
{
        int64_t end = bakery__time_monotonic_ms() + wait_ms;

        for (int64_t left = wait_ms; left > 0; left = end - bakery__time_monotonic_ms()) {
                long slice_ms = left < SLICE_MS ? (long)left : SLICE_MS;
                struct timespec slice = { 0, slice_ms * 1000000L };

                if (ended && ended(context))
                        return false;
                nanosleep(&slice, NULL); /* a signal ends it early, and the loop looks again */
        }
        return !(ended && ended(context));
}
