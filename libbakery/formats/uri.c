#include "formats/uri.h"

#include <arpa/inet.h>
#include <string.h>

/* Unreserved in RFC 3986, and the slash where it is to stay. isalnum() asks the locale. */
static bool stays(char c, enum uri_slash slash)
{
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
                return true;
        return c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && slash == URI_KEEP_SLASH);
}

static const char hex_digits[] = "0123456789ABCDEF";

static void encode_byte(struct buf *into, unsigned char byte)
{
        const char text[3] = { '%', hex_digits[byte >> 4], hex_digits[byte & 15] };

        bakery__buf_add(into, text, sizeof text);
}

void bakery__uri_encode(struct buf *into, struct span text, enum uri_slash slash)
{
        const char *end = text.at + text.len;

        for (const char *at = text.at; at < end;) {
                const char *start = at;

                while (at < end && stays(*at, slash))
                        at++;
                bakery__buf_add(into, start, (size_t)(at - start));
                if (at < end)
                        encode_byte(into, (unsigned char)*at++);
        }
}

static int digit_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c = bakery__ascii_lower(c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that begins text, decoded; *ret_len is how many bytes stand for it. */
static unsigned char first_byte(struct span text, size_t *ret_len)
{
        *ret_len = 1;
        if (text.at[0] != '%' || text.len < 3)
                return (unsigned char)text.at[0];

        int high = digit_value(text.at[1]), low = digit_value(text.at[2]);
        if (high < 0 || low < 0)
                return '%';
        *ret_len = 3;
        return (unsigned char)(high << 4 | low);
}

static struct span behind(struct span text, size_t len)
{
        return (struct span){ text.at + len, text.len - len };
}

void bakery__uri_decode(struct buf *into, struct span text)
{
        while (text.len > 0) {
                size_t len;

                bakery__buf_char(into, (char)first_byte(text, &len));
                text = behind(text, len);
        }
}

void bakery__uri_encode_again(struct buf *into, struct span text, enum uri_slash slash)
{
        while (text.len > 0) {
                const char *percent = memchr(text.at, '%', text.len);
                size_t len = percent ? (size_t)(percent - text.at) : text.len;

                bakery__uri_encode(into, (struct span){ text.at, len }, slash);
                text = behind(text, len);
                if (text.len == 0)
                        return;

                const char byte = (char)first_byte(text, &len);
                bakery__uri_encode(into, (struct span){ &byte, 1 }, slash);
                text = behind(text, len);
        }
}

/* The text in front of c, or all of it; *rest gets what stands behind. */
static struct span take_until(struct span *rest, char c)
{
        const char *found = rest->len > 0 ? memchr(rest->at, c, rest->len) : NULL;
        struct span taken = *rest;

        if (!found) {
                *rest = (struct span){ rest->at + rest->len, 0 };
                return taken;
        }
        taken.len = (size_t)(found - taken.at);
        *rest = behind(*rest, taken.len + 1);
        return taken;
}

bool bakery__uri_next_parameter(struct span *query, struct uri_parameter *ret)
{
        while (query->len > 0) {
                struct span value = take_until(query, '&');
                struct span name = take_until(&value, '=');

                if (name.len == 0 && value.len == 0)
                        continue;
                *ret = (struct uri_parameter){ name, value };
                return true;
        }
        return false;
}

/* Takes the last segment off what was appended since start. */
static void drop_segment(struct buf *into, size_t start)
{
        while (into->len > start && into->at[--into->len] != '/')
                ;
        if (into->at)
                into->at[into->len] = '\0';
}

void bakery__uri_normalise_path(struct buf *into, struct span path)
{
        const bool folder = path.len > 0 && path.at[path.len - 1] == '/';
        const size_t start = into->len;

        while (path.len > 0) {
                struct span segment = take_until(&path, '/');

                if (bakery__span_is(segment, "..")) {
                        drop_segment(into, start);
                } else if (segment.len > 0 && !bakery__span_is(segment, ".")) {
                        bakery__buf_char(into, '/');
                        bakery__buf_add(into, segment.at, segment.len);
                }
        }
        if (folder || into->len == start)
                bakery__buf_char(into, '/');
}

static bool has_odd_byte(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
                        return true;
        return false;
}

static bool parse_port(struct span text, unsigned *ret)
{
        unsigned port = 0;

        if (text.len == 0 || text.len > 5)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                if (text.at[i] < '0' || text.at[i] > '9')
                        return false;
                port = port * 10 + (unsigned)(text.at[i] - '0');
        }
        *ret = port;
        return port > 0 && port <= 65535;
}

/* "host", "host:8000", "[::1]:8000"; gives what is wrong with it, NULL when nothing is. */
static const char *split_authority(struct uri *uri)
{
        struct span rest = uri->authority;
        const bool bracketed = rest.len > 0 && rest.at[0] == '[';

        if (bracketed) {
                rest = behind(rest, 1);
                if (!memchr(rest.at, ']', rest.len))
                        return "its host has no \"]\"";
                uri->host = take_until(&rest, ']');
                if (rest.len > 0 && rest.at[0] != ':')
                        return "something stands behind its \"]\"";
        } else {
                uri->host = take_until(&rest, ':');
                rest = behind(uri->authority, uri->host.len);
        }
        if (uri->host.len == 0)
                return "it has no host";
        if (!bakery__str_only(uri->host, bracketed ? ":.%" : "-._"))
                return "its host has characters that no host has";
        if (rest.len > 0 && !parse_port(behind(rest, 1), &uri->port))
                return "its port is none";
        return NULL;
}

static const char *split(struct span text, struct uri *uri)
{
        struct span rest = text;

        if (has_odd_byte(text))
                return "it has white space or a control byte in it";
        if (text.len > 0 && memchr(text.at, '#', text.len))
                return "it has a fragment";
        uri->scheme = take_until(&rest, ':');
        if (!bakery__span_is(uri->scheme, "https") && !bakery__span_is(uri->scheme, "http"))
                return "it begins neither with https:// nor with http://";
        if (rest.len < 2 || memcmp(rest.at, "//", 2) != 0)
                return "it has no \"//\" behind its scheme";
        rest = behind(rest, 2);

        size_t len = 0;
        while (len < rest.len && rest.at[len] != '/' && rest.at[len] != '?')
                len++;
        uri->authority = (struct span){ rest.at, len };
        rest = behind(rest, len);
        uri->path = take_until(&rest, '?');
        uri->query = rest;
        if (len > 0 && memchr(uri->authority.at, '@', len))
                return "it has a user or a password in it";
        return split_authority(uri);
}

bakery_status bakery__uri_split(struct span text, struct uri *ret, bakery_error **err)
{
        struct uri uri = { 0 };
        const char *wrong = split(text, &uri);

        if (wrong)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "no URL: %s", wrong);
        *ret = uri;
        return BAKERY_OK;
}

bool bakery__uri_is_loopback(struct span host)
{
        char text[INET6_ADDRSTRLEN];
        struct in_addr v4;
        struct in6_addr v6;

        if (bakery__span_equal_nocase(host, bakery__span("localhost")))
                return true;
        if (host.len == 0 || host.len >= sizeof text)
                return false;
        memcpy(text, host.at, host.len);
        text[host.len] = '\0';
        if (inet_pton(AF_INET, text, &v4) == 1)
                return ntohl(v4.s_addr) >> 24 == 127;
        return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
