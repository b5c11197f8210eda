#pragma once
#include <curl/curl.h>

// curl_easy_setopt is variadic, and Swift calls no variadic C function: one setter per argument type.
CURLcode zamin_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode zamin_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode zamin_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
/// The whole message body, copied by libcurl's reader from memory that stays the caller's.
typedef struct { const unsigned char *bytes; size_t length; size_t position; } zamin_curl_upload;
CURLcode zamin_curl_set_upload(CURL *handle, zamin_curl_upload *upload);
CURLcode zamin_curl_response_code(CURL *handle, long *code);
