/// The whole platform on one machine: every process under one supervisor.
public actor Platform {}
