"""nixgen.hcl"""
