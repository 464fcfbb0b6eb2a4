public import Postgres

extension PostgresTransaction {
  /// Has the statements from here on planned once, and so that they find each row by its key.
  ///
  /// Statements that take arrays are planned for tables as they are at first, and plans are kept: a scan that is right for a
  /// hundred rows is not for a million, which a busy hour makes of them. Left to itself the server also plans them again for
  /// every short array, which takes longer than to run them.
  public func planByKey() {
    send(
      """
      -- name: plan_by_key
      SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true),
        set_config('max_parallel_workers_per_gather', '0', true),
        set_config('plan_cache_mode', 'force_generic_plan', true)
      """)
  }
}
