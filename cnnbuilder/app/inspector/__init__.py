"""The inspector: a form made of the selected block's parameter declarations, and its formulas and costs."""
