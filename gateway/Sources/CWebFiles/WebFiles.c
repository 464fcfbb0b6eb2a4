// What the gateway serves, embedded by the compiler (C23's #embed): no folder has to be deployed beside the program, and a
// large file costs no time in the Swift compiler. A file that is added to gateway/web gets three lines and an entry here; a
// test compares the table with the folder.

#include "CWebFiles.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "../../web/index.html"
};
static const unsigned char docs_html[] = {
#embed "../../web/docs.html"
};
static const unsigned char css_controls_css[] = {
#embed "../../web/css/controls.css"
};
static const unsigned char css_docs_css[] = {
#embed "../../web/css/docs.css"
};
static const unsigned char css_layout_css[] = {
#embed "../../web/css/layout.css"
};
static const unsigned char css_tables_css[] = {
#embed "../../web/css/tables.css"
};
static const unsigned char css_theme_css[] = {
#embed "../../web/css/theme.css"
};
static const unsigned char icon_svg[] = {
#embed "../../web/icon.svg"
};
static const unsigned char js_activity_js[] = {
#embed "../../web/js/activity.js"
};
static const unsigned char js_amend_js[] = {
#embed "../../web/js/amend.js"
};
static const unsigned char js_api_js[] = {
#embed "../../web/js/api.js"
};
static const unsigned char js_connection_js[] = {
#embed "../../web/js/connection.js"
};
static const unsigned char js_decimal_js[] = {
#embed "../../web/js/decimal.js"
};
static const unsigned char js_docs_js[] = {
#embed "../../web/js/docs.js"
};
static const unsigned char js_form_js[] = {
#embed "../../web/js/form.js"
};
static const unsigned char js_main_js[] = {
#embed "../../web/js/main.js"
};
static const unsigned char js_orders_js[] = {
#embed "../../web/js/orders.js"
};
static const unsigned char js_positions_js[] = {
#embed "../../web/js/positions.js"
};
static const unsigned char js_problem_js[] = {
#embed "../../web/js/problem.js"
};
static const unsigned char js_quotes_js[] = {
#embed "../../web/js/quotes.js"
};
static const unsigned char js_rows_js[] = {
#embed "../../web/js/rows.js"
};
static const unsigned char js_session_js[] = {
#embed "../../web/js/session.js"
};
static const unsigned char js_shortcuts_js[] = {
#embed "../../web/js/shortcuts.js"
};
static const unsigned char js_sign_in_js[] = {
#embed "../../web/js/sign-in.js"
};
static const unsigned char js_stream_js[] = {
#embed "../../web/js/stream.js"
};
static const unsigned char js_theme_js[] = {
#embed "../../web/js/theme.js"
};
static const unsigned char js_ticket_js[] = {
#embed "../../web/js/ticket.js"
};
static const unsigned char js_time_js[] = {
#embed "../../web/js/time.js"
};
static const unsigned char js_wallets_js[] = {
#embed "../../web/js/wallets.js"
};
static const unsigned char vendor_swagger_ui_5_33_1_license[] = {
#embed "../../web/vendor/swagger-ui-5.33.1/LICENSE"
};
static const unsigned char vendor_swagger_ui_5_33_1_swagger_ui_bundle_js[] = {
#embed "../../web/vendor/swagger-ui-5.33.1/swagger-ui-bundle.js"
};
static const unsigned char vendor_swagger_ui_5_33_1_swagger_ui_css[] = {
#embed "../../web/vendor/swagger-ui-5.33.1/swagger-ui.css"
};
static const unsigned char openapi_json[] = {
#embed "../../openapi.json"
};

#define FILE_AT(path, bytes) {path, bytes, sizeof bytes}

static const alphintra_web_file files[] = {
  FILE_AT("/", index_html),
  FILE_AT("/docs", docs_html),
  FILE_AT("/assets/css/controls.css", css_controls_css),
  FILE_AT("/assets/css/docs.css", css_docs_css),
  FILE_AT("/assets/css/layout.css", css_layout_css),
  FILE_AT("/assets/css/tables.css", css_tables_css),
  FILE_AT("/assets/css/theme.css", css_theme_css),
  FILE_AT("/assets/icon.svg", icon_svg),
  FILE_AT("/assets/js/activity.js", js_activity_js),
  FILE_AT("/assets/js/amend.js", js_amend_js),
  FILE_AT("/assets/js/api.js", js_api_js),
  FILE_AT("/assets/js/connection.js", js_connection_js),
  FILE_AT("/assets/js/decimal.js", js_decimal_js),
  FILE_AT("/assets/js/docs.js", js_docs_js),
  FILE_AT("/assets/js/form.js", js_form_js),
  FILE_AT("/assets/js/main.js", js_main_js),
  FILE_AT("/assets/js/orders.js", js_orders_js),
  FILE_AT("/assets/js/positions.js", js_positions_js),
  FILE_AT("/assets/js/problem.js", js_problem_js),
  FILE_AT("/assets/js/quotes.js", js_quotes_js),
  FILE_AT("/assets/js/rows.js", js_rows_js),
  FILE_AT("/assets/js/session.js", js_session_js),
  FILE_AT("/assets/js/shortcuts.js", js_shortcuts_js),
  FILE_AT("/assets/js/sign-in.js", js_sign_in_js),
  FILE_AT("/assets/js/stream.js", js_stream_js),
  FILE_AT("/assets/js/theme.js", js_theme_js),
  FILE_AT("/assets/js/ticket.js", js_ticket_js),
  FILE_AT("/assets/js/time.js", js_time_js),
  FILE_AT("/assets/js/wallets.js", js_wallets_js),
  FILE_AT("/assets/vendor/swagger-ui-5.33.1/LICENSE.txt", vendor_swagger_ui_5_33_1_license),
  FILE_AT("/assets/vendor/swagger-ui-5.33.1/swagger-ui-bundle.js", vendor_swagger_ui_5_33_1_swagger_ui_bundle_js),
  FILE_AT("/assets/vendor/swagger-ui-5.33.1/swagger-ui.css", vendor_swagger_ui_5_33_1_swagger_ui_css),
  FILE_AT("/openapi.json", openapi_json),
};

const alphintra_web_file *_Nullable alphintra_web_file_at(size_t index) {
  return index < sizeof files / sizeof files[0] ? &files[index] : NULL;
}
