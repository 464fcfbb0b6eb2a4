// Filled in by the change that brings this module.
