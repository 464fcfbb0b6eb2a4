extension ModelBuilder {
  /// What a field's value must be; rules that do not fit the field's type are refused.
  func rules(of field: FieldModel, _ options: OptionMessage) -> FieldRulesModel {
    guard let option = options.messages("alphintra.options.rules").last else {
      return FieldRulesModel()
    }
    return RulesBuilder(self, field).build(option)
  }
}
