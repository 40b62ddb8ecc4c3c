#include "base/time.h"

#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bakery/signer.h>

#include "base/mem.h"

Suite *time_suite(void);

#define REFUSED INT64_MIN

/* RFC 3339, as STS, SSO and credential processes write it. */
static const struct {
        const char *text;
        int64_t time_s;
} instants[] = {
        { "2026-11-22T10:00:00Z", 1795341600 },
        { "2026-11-22t10:00:00z", 1795341600 },
        { "2026-11-22 10:00:00Z", 1795341600 },
        { " 2026-11-22T10:00:00Z\n", 1795341600 },
        { "2026-11-22T10:00:00.123Z", 1795341600 },
        { "2026-11-22T10:00:00.999999999Z", 1795341600 },
        { "2026-11-22T11:00:00+01:00", 1795341600 },
        { "2026-11-22T04:30:00-0530", 1795341600 },
        { "2026-11-22T10:00:00.5+00:00", 1795341600 },
        { "2026-11-22T10:00:00-00:00", 1795341600 },
        { "1970-01-01T00:00:00Z", 0 },
        { "1969-12-31T23:59:59Z", -1 },
        { "2000-02-29T12:00:00Z", 951825600 },
        { "2024-02-29T00:00:00Z", 1709164800 },
        { "2038-01-19T03:14:07Z", 2147483647 },
        { "2038-01-19T03:14:08Z", 2147483648 },
        { "2100-02-28T23:59:59Z", 4107542399 },
        { "2100-03-01T00:00:00Z", 4107542400 },
        { "2106-02-07T06:28:16Z", 4294967296 },
        { "2126-11-22T10:00:00Z", 4951015200 },
        { "9999-12-31T23:59:59Z", 253402300799 },
        { "0001-01-01T00:00:00Z", -62135596800 },
        { "1600-02-29T00:00:00Z", -11670998400 },
        { "1900-03-01T00:00:00Z", -2203891200 },
        /* A leap second is the next minute's first. */
        { "2016-12-31T23:59:60Z", 1483228800 },

        { "", REFUSED },
        { "never", REFUSED },
        { "2026-11-22", REFUSED },
        { "2026-11-22T10:00Z", REFUSED },
        { "2026-11-22T10:00:00", REFUSED },
        { "2026-11-22T10:00:00ZZ", REFUSED },
        { "2026-11-22T10:00:00Z junk", REFUSED },
        { "2026-11-22X10:00:00Z", REFUSED },
        { "2026/11/22T10:00:00Z", REFUSED },
        { "26-11-22T10:00:00Z", REFUSED },
        { "+2026-11-22T10:00:00Z", REFUSED },
        { "12026-11-22T10:00:00Z", REFUSED },
        { "2026-00-22T10:00:00Z", REFUSED },
        { "2026-13-22T10:00:00Z", REFUSED },
        { "2026-11-00T10:00:00Z", REFUSED },
        { "2026-11-31T10:00:00Z", REFUSED },
        { "2026-02-29T10:00:00Z", REFUSED },
        { "2100-02-29T10:00:00Z", REFUSED },
        { "2026-11-22T24:00:00Z", REFUSED },
        { "2026-11-22T10:60:00Z", REFUSED },
        { "2026-11-22T10:00:61Z", REFUSED },
        { "2026-11-22T10:00:00+24:00", REFUSED },
        { "2026-11-22T10:00:00+01:60", REFUSED },
        { "2026-11-22T10:00:00+1", REFUSED },
        { "2026-11-22T1O:00:00Z", REFUSED },
        { "1795341600", REFUSED },
};

/* The Date header (RFC 9110, 5.6.7): of its three forms the one that servers must send. */
static const struct {
        const char *text;
        int64_t time_s;
} dates[] = {
        { "Sun, 22 Nov 2026 10:00:00 GMT", 1795341600 },
        { " Sun, 22 Nov 2026 10:00:00 GMT ", 1795341600 },
        { "Mon, 22 Nov 2026 10:00:00 GMT", 1795341600 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Tue, 29 Feb 2000 12:00:00 GMT", 951825600 },
        { "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
        { "Mon, 01 Mar 2100 00:00:00 GMT", 4107542400 },
        { "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },

        { "", REFUSED },
        { "yesterday", REFUSED },
        { "Sun, 22 Nov 2026 10:00:00", REFUSED },
        { "Sun, 22 Nov 2026 10:00:00 CET", REFUSED },
        { "Sun, 22 Nov 2026 10:00:00 +0000", REFUSED },
        { "Sun, 22 nov 2026 10:00:00 GMT", REFUSED },
        { "Sun, 22 Okt 2026 10:00:00 GMT", REFUSED },
        { "Sun, 2 Nov 2026 10:00:00 GMT", REFUSED },
        { "Sun, 31 Nov 2026 10:00:00 GMT", REFUSED },
        { "Sunday, 22-Nov-26 10:00:00 GMT", REFUSED },
        { "Sun Nov 22 10:00:00 2026", REFUSED },
        { "2026-11-22T10:00:00Z", REFUSED },
        { ",", REFUSED },
        { "Sun, ", REFUSED },
};

static void ck_parsed(const char *text, bool ok, int64_t got, int64_t want)
{
        ck_assert_msg(ok == (want != REFUSED), "'%s' is %s", text, ok ? "accepted" : "refused");
        ck_assert_msg(got == want, "'%s' is %lld, not %lld", text, (long long)got, (long long)want);
}

START_TEST(parses_instants)
{
        int64_t got = REFUSED; /* and stays so when it is refused */
        bool ok = bakery__time_parse(bakery__span(instants[_i].text), &got);

        ck_parsed(instants[_i].text, ok, got, instants[_i].time_s);
}
END_TEST

/* A fraction is kept to the millisecond. */
static const struct {
        const char *text;
        int64_t time_ms;
} fractions[] = {
        { "2026-11-22T10:00:00Z", 1795341600000 },     { "2026-11-22T10:00:00.1Z", 1795341600100 },
        { "2026-11-22T10:00:00.023Z", 1795341600023 }, { "2026-11-22T10:00:00.999999999Z", 1795341600999 },
        { "2026-11-22T10:00:00.Z", 1795341600000 },    { "2026-11-22T11:00:00.25+01:00", 1795341600250 },
        { "1969-12-31T23:59:59.750Z", -250 },          { "2026-11-22T10:00:00.1x2Z", REFUSED },
        { "2026-11-22T10:00:00.5", REFUSED },
};

START_TEST(keeps_milliseconds)
{
        int64_t got = REFUSED;
        bool ok = bakery__time_parse_ms(bakery__span(fractions[_i].text), &got);

        ck_parsed(fractions[_i].text, ok, got, fractions[_i].time_ms);
}
END_TEST

START_TEST(parses_dates)
{
        int64_t got = REFUSED;
        bool ok = bakery__time_parse_http(bakery__span(dates[_i].text), &got);

        ck_parsed(dates[_i].text, ok, got, dates[_i].time_s);
}
END_TEST

static const struct {
        int64_t time_s;
        const char *text;
} prints[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1970-01-01T00:00:00Z" },
        { INT64_MIN, "1970-01-01T00:00:00Z" },
        { 951825600, "2000-02-29T12:00:00Z" },
        { 1483228800, "2017-01-01T00:00:00Z" },
        { 1795341600, "2026-11-22T10:00:00Z" },
        { 2147483647, "2038-01-19T03:14:07Z" },
        { 2147483648, "2038-01-19T03:14:08Z" },
        { 4107542399, "2100-02-28T23:59:59Z" },
        { 4107542400, "2100-03-01T00:00:00Z" },
        { 253402300799, "9999-12-31T23:59:59Z" },
        { 253402300800, "9999-12-31T23:59:59Z" },
        { INT64_MAX, "9999-12-31T23:59:59Z" },
};

START_TEST(prints_instants)
{
        char text[TIME_TEXT_BYTES];

        bakery__time_print(prints[_i].time_s, text);
        ck_assert_str_eq(text, prints[_i].text);
}
END_TEST

/* Each day of four centuries, there and back. */
START_TEST(reads_what_it_prints)
{
        for (int64_t day = 0; day < 146097; day++) {
                char text[TIME_TEXT_BYTES];
                int64_t again = -1, time_s = day * 86400 + day % 86400;

                bakery__time_print(time_s, text);
                if (!bakery__time_parse(bakery__span(text), &again) || again != time_s) /* Check's words cost a write */
                        ck_abort_msg("%s", text);
        }
}
END_TEST

static void sign_at(int64_t time_s, char ret_authorization[400])
{
        bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;
        bakery_signer *signer = NULL;

        request.method = "GET";
        request.host = "sts.eu-west-1.amazonaws.com";
        request.query = "Action=GetCallerIdentity&Version=2011-06-15";
        request.region = "eu-west-1";
        request.service = "sts";
        request.time_s = time_s;
        request.access_key_id = "AKIDEXAMPLE";
        request.secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        ck_assert_int_eq(bakery_signer_new(&signer, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_signer_sign(signer, &request, NULL), BAKERY_OK);
        ck_assert_uint_eq(bakery_signer_header_count(signer), 2);
        snprintf(ret_authorization, 400, "%s %s", bakery_signer_header_value(signer, 0),
                 bakery_signer_header_value(signer, 1));
        bakery_signer_free(signer);
}

/* The next second of the calendar, whatever TZ says of leap seconds, and the locale of the names of days. */
START_TEST(asks_neither_time_zone_nor_locale)
{
        static const char *const zones[] = { "UTC", "right/UTC", "Asia/Kathmandu", "XXX+25:59:59", ":/dev/null", "" };
        static const char *const locales[] = { "C", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.UTF-8" };
        static const int64_t times[] = { 1, 1483228799, 1483228800, 2147483648, 4107542400, 253402300799 };

        for (size_t t = 0; t < N_ELEMENTS(times); t++) {
                char first[400] = "", text[TIME_TEXT_BYTES], again[TIME_TEXT_BYTES];

                setenv("TZ", "UTC", 1);
                tzset();
                sign_at(times[t], first);
                bakery__time_print(times[t], text);
                for (size_t i = 0; i < N_ELEMENTS(zones); i++) {
                        char authorization[400] = "";
                        int64_t date_s = -1;

                        setenv("TZ", zones[i], 1);
                        setenv("LC_ALL", locales[i % N_ELEMENTS(locales)], 1);
                        tzset();
                        setlocale(LC_ALL, "");
                        sign_at(times[t], authorization);
                        ck_assert_str_eq(authorization, first);
                        bakery__time_print(times[t], again);
                        ck_assert_str_eq(again, text);
                        ck_assert(bakery__time_parse_http(bakery__span("Sun, 22 Nov 2026 10:00:00 GMT"), &date_s));
                        ck_assert_int_eq(date_s, 1795341600);
                }
        }
        setlocale(LC_ALL, "C");
        unsetenv("LC_ALL");
        unsetenv("TZ");
}
END_TEST

static bool ended_at_once(void *context)
{
        ++*(unsigned *)context;
        return true;
}

static bool ended_the_third_time(void *context)
{
        return ++*(unsigned *)context == 3;
}

enum { LONGER_THAN_A_TEST_MS = 3600000 };

START_TEST(waits_until_the_end_or_until_told)
{
        unsigned asked = 0;
        int64_t begin = bakery__time_monotonic_ms();

        ck_assert(bakery__time_wait(20, NULL, NULL));
        ck_assert_int_ge(bakery__time_monotonic_ms() - begin, 20);

        ck_assert(!bakery__time_wait(LONGER_THAN_A_TEST_MS, ended_at_once, &asked));
        ck_assert_uint_eq(asked, 1);
        asked = 0;
        ck_assert(!bakery__time_wait(LONGER_THAN_A_TEST_MS, ended_the_third_time, &asked));
        asked = 0;
        ck_assert(!bakery__time_wait(0, ended_at_once, &asked)); /* no wait is too short to be told */
}
END_TEST

Suite *time_suite(void)
{
        Suite *suite = suite_create("time");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, parses_instants, 0, (int)N_ELEMENTS(instants));
        tcase_add_loop_test(tcase, keeps_milliseconds, 0, (int)N_ELEMENTS(fractions));
        tcase_add_loop_test(tcase, parses_dates, 0, (int)N_ELEMENTS(dates));
        tcase_add_loop_test(tcase, prints_instants, 0, (int)N_ELEMENTS(prints));
        tcase_add_test(tcase, reads_what_it_prints);
        tcase_add_test(tcase, asks_neither_time_zone_nor_locale);
        tcase_add_test(tcase, waits_until_the_end_or_until_told);
        suite_add_tcase(suite, tcase);
        return suite;
}
