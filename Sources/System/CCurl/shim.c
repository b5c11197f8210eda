#include "CCurl.h"
#include <string.h>

CURLcode zamin_curl_set_string(CURL *handle, CURLoption option, const char *value) { return curl_easy_setopt(handle, option, value); }
CURLcode zamin_curl_set_long(CURL *handle, CURLoption option, long value) { return curl_easy_setopt(handle, option, value); }
CURLcode zamin_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) { return curl_easy_setopt(handle, option, value); }

static size_t read_upload(char *buffer, size_t size, size_t count, void *context) {
    zamin_curl_upload *upload = context;
    size_t room = size * count, left = upload->length - upload->position;
    size_t n = room < left ? room : left;
    memcpy(buffer, upload->bytes + upload->position, n);
    upload->position += n;
    return n;
}

CURLcode zamin_curl_set_upload(CURL *handle, zamin_curl_upload *upload) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    return code;
}

CURLcode zamin_curl_response_code(CURL *handle, long *code) { return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, code); }
