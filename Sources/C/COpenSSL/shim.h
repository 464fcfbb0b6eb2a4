#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL's function-like macros, generic stacks and ALPN callback, as plain functions: Swift
// imports none of the originals.

static inline int alphintra_ctx_require_tls13(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)
      && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
}

// One read takes up to `buffer_bytes` from the BIO, so a batch of records costs one BIO_read.
static inline void alphintra_ctx_read_ahead(SSL_CTX *context, size_t buffer_bytes) {
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, buffer_bytes);
}

static inline void alphintra_ctx_prefer_server_ciphers(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
}

static inline void alphintra_ctx_allow_moving_write_buffer(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

// The context takes a reference of its own.
static inline int alphintra_ctx_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline void alphintra_ctx_disable_resumption(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
}

// The server's protocols in wire form (RFC 7301 section 3.1), most preferred first.
typedef struct {
  unsigned char *bytes;
  unsigned int count;
} alphintra_alpn_list;

static int alphintra_alpn_select(
    SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *offered,
    unsigned int offered_length, void *list_pointer) {
  const alphintra_alpn_list *list = list_pointer;
  unsigned char *selected = NULL;
  (void)ssl;
  if (SSL_select_next_proto(
          &selected, out_length, list->bytes, list->count, offered, offered_length)
      != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

// `list` must live as long as `context`.
static inline void alphintra_ctx_select_alpn(SSL_CTX *context, alphintra_alpn_list *list) {
  SSL_CTX_set_alpn_select_cb(context, alphintra_alpn_select, list);
}

static inline int alphintra_ssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline void alphintra_ssl_set_owner(SSL *ssl, void *owner) { SSL_set_app_data(ssl, owner); }

static inline void *alphintra_ssl_get_owner(SSL *ssl) { return SSL_get_app_data(ssl); }

static inline SSL *alphintra_store_ctx_get_ssl(X509_STORE_CTX *store) {
  return X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
}

// The subject alternative names of a certificate; NULL without the extension. Free with
// `alphintra_names_free`.
static inline GENERAL_NAMES *alphintra_names_of(X509 *certificate) {
  return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int alphintra_names_count(const GENERAL_NAMES *names) {
  return sk_GENERAL_NAME_num(names);
}

// Points into `names`; `type` is GEN_URI, GEN_DNS or another kind, for which the result is NULL.
static inline const unsigned char *alphintra_names_text(
    const GENERAL_NAMES *names, int index, int *type, int *length) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  *type = name->type;
  if (name->type != GEN_URI && name->type != GEN_DNS)
    return NULL;
  *length = ASN1_STRING_length(name->d.ia5);
  return ASN1_STRING_get0_data(name->d.ia5);
}

static inline void alphintra_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

static inline int alphintra_error_is_from_ssl(unsigned long code) {
  return ERR_GET_LIB(code) == ERR_LIB_SSL;
}

static inline int alphintra_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

// Whether a PEM file ended because it holds no further object.
static inline int alphintra_error_is_end_of_pem(unsigned long code) {
  return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

// The errno of an error that a system call reported, else 0.
static inline int alphintra_error_number_of_system(unsigned long code) {
  return ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
}
