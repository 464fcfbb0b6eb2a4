extension ModelBuilder {
  /// What a field's value must be; rules that do not fit the field's type are refused.
  func rules(of field: FieldModel, _ options: OptionMessage) -> FieldRulesModel {
    guard let option = options.messages("alphintra.options.rules").last else {
      return FieldRulesModel()
    }
    return RulesBuilder(self, field).build(option)
  }

  /// Values that the rules of a field admit; one that breaks them is refused.
  func examples(of field: FieldModel, _ options: OptionMessage) -> FieldExamples {
    guard let option = options.messages("alphintra.options.rules").last else {
      return FieldExamples()
    }
    return ExamplesBuilder(self, field).build(option)
  }
}
